// A server that answers as the console's does, for tests of the page alone: projects in memory, shapes and errors from the
// rensa command, runs made up. It sends the same security policy, so that what the real one would block fails here, too.
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { extname, join, normalize } from "node:path"

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".json": "application/json" }
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; " +
  "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const tag = (text) => `"${createHash("sha256").update(text).digest("hex").slice(0, 16)}"`

function rensa(program, args) {
  return new Promise((done, fail) =>
    execFile(program, args, { maxBuffer: 1 << 28, timeout: 20_000 }, (error, out, err) => (out ? done(out) : fail(new Error(err || error?.message)))),
  )
}

/** Falling curves with noise that is the same each time. */
function curves(seed, points) {
  let s = seed * 7919 + 1
  const noise = () => ((s = (s * 1103515245 + 12345) % 2147483648) / 2147483648 - 0.5) * 0.08
  const series = { train_loss: [], test_loss: [], train_accuracy: [], test_accuracy: [] }
  for (let i = 1; i <= points; i++) {
    const t = (i / points) * 5
    const loss = 2.2 * Math.exp(-t * (0.6 + seed * 0.08)) + 0.06 + 0.01 * seed
    series.train_loss.push([i * 20, Math.max(0.01, loss * (1 + noise() * 2))])
    series.train_accuracy.push([i * 20, Math.min(1, 1 - loss * 0.3 + noise() * 0.1)])
    if (i % 10 === 0) {
      series.test_loss.push([i * 20, loss * 1.1 + 0.02])
      series.test_accuracy.push([i * 20, Math.min(0.993, 1 - loss * 0.31)])
    }
  }
  return series
}

export function madeUpRun(id, project, state, seed) {
  const done = state === "finished" ? 1 : state === "queued" ? 0 : 0.46
  const series = curves(seed, Math.round(100 * done))
  const values = { "set.training.optimizer.rate": 0.001 * seed, "set.training.batch": 32 * seed }
  for (const [name, points] of Object.entries(series)) {
    if (!points.length) continue
    const all = points.map((p) => p[1])
    Object.assign(values, { [name]: all.at(-1), [`min.${name}`]: Math.min(...all), [`max.${name}`]: Math.max(...all) })
  }
  return {
    id, project, state, name: project, created: Date.UTC(2026, 10, 20, 9, seed) / 1000, seconds: 312 * done, epoch: 10 * done, epochs: 10, iteration: 2000 * done, slot: "cpu", tags: seed % 2 ? ["baseline"] : [], notes: "", values, series,
    error: state === "failed" ? "training: the loss is nan at step 920; the first layer with nan is conv2" : undefined,
  }
}

/** Starts it on a free port. `options.page`: folder of the page; `options.program`: the rensa command. */
export async function startMock({ page, program, projects = {}, runs = [], port = 0 }) {
  const temporary = mkdtempSync(join(tmpdir(), "rensa-mock-"))
  const state = { projects: new Map(Object.entries(projects)), runs: new Map(runs.map((r) => [r.id, r])), streams: new Set(), requests: [] }
  let palette
  let count = 0

  const send = (res, status, body, headers = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body)
    res.writeHead(status, { "Content-Type": "application/json", ...headers })
    res.end(text)
  }
  const fail = (res, status, what) => send(res, status, { error: { what } })
  const emit = (event) => state.streams.forEach((s) => s.write(`data: ${JSON.stringify(event)}\n\n`))

  async function check(text) {
    const file = join(temporary, `${++count}.json`)
    writeFileSync(file, text)
    try {
      return await rensa(program, ["inspect", file, "--json"])
    } finally {
      rmSync(file)
    }
  }

  const rows = [
    ["GET", /^\/session$/, (req, res) => send(res, 200, { role: "owner", version: "0.1.0", devices: [{ name: "cpu" }] })],
    ["GET", /^\/functions$/, async (req, res) => send(res, 200, (palette ??= await rensa(program, ["ops", "--json"])))],
    ["POST", /^\/check$/, async (req, res, body) => send(res, 200, await check(body))],
    ["GET", /^\/projects$/, (req, res) => send(res, 200, { projects: [...state.projects].map(([name, text]) => ({ name, changed: "2026-11-20T10:00:00Z", description: JSON.parse(text).description })) })],
    ["GET", /^\/projects\/([^/]+)$/, (req, res, body, name) => (state.projects.has(name) ? send(res, 200, state.projects.get(name), { ETag: tag(state.projects.get(name)) }) : fail(res, 404, `no project "${name}"`))],
    ["PUT", /^\/projects\/([^/]+)$/, (req, res, body, name) => {
      const old = state.projects.get(name)
      if (req.headers["if-none-match"] === "*" ? old !== undefined : old !== undefined && req.headers["if-match"] !== tag(old)) return fail(res, 412, "changed meanwhile")
      state.projects.set(name, body)
      send(res, 200, { revision: tag(body) }, { ETag: tag(body) })
    }],
    ["PATCH", /^\/projects\/([^/]+)$/, (req, res, body, name) => {
      state.projects.set(JSON.parse(body).name, state.projects.get(name))
      state.projects.delete(name)
      send(res, 200, {})
    }],
    ["DELETE", /^\/projects\/([^/]+)$/, (req, res, body, name) => (state.projects.delete(name), send(res, 200, {}))],
    ["GET", /^\/data$/, (req, res) => send(res, 200, { data: [], known: [{ name: "drawn", brief: "70,000 digits drawn on the spot", origin: "Rensa; MIT" }] })],
    ["GET", /^\/runs$/, (req, res, body, _, query) => {
      const runs = [...state.runs.values()].filter((r) => !query.get("project") || r.project === query.get("project")).filter((r) => (query.get("filter") ?? "").split(" ").every((w) => JSON.stringify(r).includes(w.replace("state:", ""))))
      const by = (query.get("sort") ?? "-created").replace(/^-/, "")
      const of = (r) => r[by] ?? r.values[by] ?? 0
      runs.sort((a, b) => (of(a) > of(b) ? 1 : of(a) < of(b) ? -1 : 0) * (query.get("sort")?.startsWith("-") === false ? 1 : -1))
      const offset = Number(query.get("offset") ?? 0)
      send(res, 200, { runs: runs.slice(offset, offset + Number(query.get("count") ?? 50)).map(({ series, ...r }) => r), total: runs.length })
    }],
    ["GET", /^\/columns$/, (req, res) => send(res, 200, { columns: ["test_loss", "train_loss", "max.test_accuracy", "set.training.batch", "set.training.optimizer.rate"] })],
    ["POST", /^\/schedule$/, (req, res, body) => send(res, 200, { points: Array.from({ length: 50 }, (_, i) => [i * 20, JSON.parse(body).rate * (0.5 + 0.5 * Math.cos((i / 49) * Math.PI))]) })],
    ["GET", /^\/runs\/([^/]+)$/, (req, res, body, id) => (state.runs.has(id) ? send(res, 200, { ...state.runs.get(id), series: undefined }) : fail(res, 404, `no run "${id}"`))],
    ["GET", /^\/runs\/([^/]+)\/metrics$/, (req, res, body, id, query) => {
      const series = state.runs.get(id)?.series ?? {}
      const names = query.get("names")?.split(",") ?? []
      send(res, 200, { curves: Object.fromEntries(Object.entries(series).map(([n, p]) => [n, p.length])), series: Object.fromEntries(Object.entries(series).filter(([n]) => names.includes(n)).map(([n, p]) => [n, { n: p.length, x: p.map((v) => v[0]), y: p.map((v) => v[1]) }])) })
    }],
    ["GET", /^\/runs\/([^/]+)\/log$/, (req, res) => send(res, 200, { text: "epoch 1  train_loss 0.93  test_loss 0.52\nepoch 2  train_loss 0.30  test_loss 0.35\n" })],
    ["PATCH", /^\/runs\/([^/]+)$/, (req, res, body, id) => (Object.assign(state.runs.get(id), JSON.parse(body)), send(res, 200, {}), emit({ type: "run", run: { id } }))],
    ["DELETE", /^\/runs\/([^/]+)$/, (req, res, body, id) => (state.runs.delete(id), send(res, 200, {}), emit({ type: "run", run: { id } }))],
    ["POST", /^\/jobs$/, (req, res, body) => {
      const wanted = JSON.parse(body)
      const count = Object.values(wanted.sweep ?? {}).reduce((n, list) => n * list.split(",").length, 1)
      const ids = Array.from({ length: count }, (_, i) => `${String(state.runs.size + 1 + i).padStart(6, "0")}-${wanted.project}`)
      for (const [i, id] of ids.entries()) state.runs.set(id, madeUpRun(id, wanted.project, i ? "queued" : "running", (i % 4) + 1))
      send(res, 201, { runs: ids })
      emit({ type: "run", run: { id: ids[0] } })
    }],
    ["POST", /^\/runs\/([^/]+)\/(stop|kill|suspend|resume)$/, (req, res, body, id) => {
      if (body) return fail(res, 400, "this request has no body")
      const action = req.url.split("/").pop()
      Object.assign(state.runs.get(id), { state: { stop: "stopped", kill: "killed", suspend: "suspended", resume: "running" }[action] })
      send(res, 200, {})
      emit({ type: "run", run: { id } })
    }],
  ]

  async function answer(req, res) {
    const url = new URL(req.url, "http://x")
    const chunks = []
    for await (const c of req) chunks.push(c)
    const body = Buffer.concat(chunks).toString()
    const path = url.pathname.slice(4)
    if (req.method !== "GET" && !req.headers["x-rensa"]) return fail(res, 403, "the X-Rensa header is missing")
    state.requests.push({ method: req.method, path, body })
    if (path === "/events") {
      res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" })
      res.write('data: {"type":"hello"}\n\n')
      res.write('data: {"type":"system","cpu":0.4,"cores":2,"memory":3e9,"memory_total":16e9,"gpus":[]}\n\n')
      state.streams.add(res)
      return req.on("close", () => state.streams.delete(res))
    }
    for (const [method, pattern, run] of rows) {
      const found = method === req.method && pattern.exec(path)
      if (found) return run(req, res, body, found[1] && decodeURIComponent(found[1]), url.searchParams)
    }
    fail(res, 404, `no route ${req.method} ${url.pathname}`)
  }

  function file(req, res) {
    const path = join(page, normalize(new URL(req.url, "http://x").pathname))
    const there = path.startsWith(page) && extname(path) && statSync(path, { throwIfNoEntry: false })?.isFile()
    const full = there ? path : join(page, "index.html")
    res.writeHead(there || !extname(path) ? 200 : 404, { "Content-Type": TYPES[extname(full)] ?? "application/octet-stream", "Content-Security-Policy": POLICY })
    res.end(readFileSync(full))
  }

  const server = createServer((req, res) => {
    if (!req.url.startsWith("/api/")) return file(req, res)
    answer(req, res).catch((e) => fail(res, 500, e.message))
  })
  await new Promise((done) => server.listen(port, "127.0.0.1", done))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    state,
    emit,
    close() {
      state.streams.forEach((s) => s.end())
      server.close()
      server.closeAllConnections()
      rmSync(temporary, { recursive: true, force: true })
    },
  }
}
