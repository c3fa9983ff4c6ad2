// Runs the tests of the page and counts. Usage: all.mjs RENSA [NAME...]
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { openBrowser } from "./browser.mjs"
import { startMock } from "./mock.mjs"
import { startServer } from "./serve.mjs"

const here = dirname(fileURLToPath(import.meta.url))
const web = join(here, "../../web")
const [program, ...wanted] = process.argv.slice(2)
let passed = 0
let failed = 0

const SIDE_BY_SIDE = 3

async function test(name, run) {
  if (wanted.length && !wanted.some((w) => name.includes(w))) return
  const began = Date.now()
  try {
    await run()
    passed++
    console.log(`ok   ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
  } catch (error) {
    failed++
    console.log(`FAIL ${name}\n${String(error?.stack ?? error).slice(0, 3000)}`)
  }
}

function* files(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) yield* files(path)
    else if (!path.endsWith(".gz")) yield path
  }
}

await test("modules", () => {
  const run = spawnSync(process.execPath, [join(here, "units.mjs")], { encoding: "utf8" })
  if (run.status !== 0) throw new Error(run.stdout.split("\n").filter((l) => !/^ok /.test(l)).join("\n"))
})

const built = mkdtempSync(join(tmpdir(), "rensa-page-"))
await test("built from these sources", () => {
  const run = spawnSync(process.execPath, [join(web, "build.mjs"), "--out", built], { encoding: "utf8" })
  if (run.status !== 0) throw new Error(run.stderr)
  const list = (folder) => [...files(folder)].map((f) => relative(folder, f))
  const [mine, theirs] = [list(built), list(join(web, "dist"))]
  if (mine.join() !== theirs.join()) throw new Error(`web/dist is not what web/ builds; run npm run build there.\n${mine.filter((f) => !theirs.includes(f)).join("\n")}`)
  for (const f of mine) if (!readFileSync(join(built, f)).equals(readFileSync(join(web, "dist", f)))) throw new Error(`web/dist/${f} is not what web/ builds`)
  const size = Number(/([\d.]+) KB/.exec(run.stdout)[1])
  if (size > 350) throw new Error(`${size} KB compressed, the limit is 350`)
})
rmSync(built, { recursive: true, force: true })

await test("the server has the routes that the page knows", () => {
  const run = spawnSync(process.execPath, [join(web, "routes.mjs"), program, "--print"], { encoding: "utf8" })
  if (run.status !== 0) throw new Error(run.stderr)
  const there = new Set(run.stdout.split("\n"))
  const gone = readFileSync(join(web, "src/lib/routes.ts"), "utf8").split("\n").filter((line) => line.startsWith("  | ") && !there.has(line))
  if (gone.length) throw new Error(`routes that are no more; node web/routes.mjs RENSA writes them anew:\n${gone.join("\n")}`)
})

const browser = await openBrowser()
const suites = readdirSync(here).filter((f) => f.endsWith(".page.mjs")).sort()
const queue = []
for (const file of suites) {
  const { tests } = await import(join(here, file))
  for (const [name, run, options] of tests)
    queue.push(() => test(`${file.replace(".page.mjs", "")}: ${name}`, async () => {
      const server = options?.real ? await startServer(program) : await startMock({ page: join(web, "dist"), program, ...options?.server })
      const page = await browser.open(server.url, { path: server.entry, ...options })
      try {
        await run(page, server)
        await page.finish()
      } finally {
        await page.end()
        await server.close()
      }
    }))
}
const work = async () => {
  for (let next = queue.shift(); next; next = queue.shift()) await next()
}
await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work))
await browser.close()
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
