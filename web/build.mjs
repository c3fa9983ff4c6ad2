// Builds the page into dist/: hashed names, a precompressed copy beside each file, no inline script or style.
// The same sources give the same bytes. Usage: node build.mjs [--watch] [--out FOLDER]
import { build, context } from "esbuild"
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

const here = dirname(fileURLToPath(import.meta.url))
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined)
const out = option("--out") ?? join(here, "dist")
const watch = process.argv.includes("--watch")

const common = {
  absWorkingDir: here,
  bundle: true,
  minify: !watch,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16.4"],
  define: { "process.env.NODE_ENV": watch ? '"development"' : '"production"' },
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  outdir: join(out, "assets"),
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
}

const outputs = (result) =>
  Object.entries(result.metafile.outputs).map(([path, o]) => ({ file: basename(path), entry: o.entryPoint, css: o.cssBundle }))

function writePage(result) {
  const main = outputs(result).find((o) => o.entry === "src/main.tsx")
  const css = main.css ? basename(main.css) : undefined
  const page = readFileSync(join(here, "src/index.html"), "utf8")
    .replace("MAIN.js", main.file)
    .replace("MAIN.css", css ?? "")
  writeFileSync(join(out, "index.html"), page)
  copyFileSync(join(here, "src/favicon.ico"), join(out, "favicon.ico"))
}

function* files(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) yield* files(path)
    else yield path
  }
}

function compress() {
  let total = 0
  for (const path of files(out)) {
    if (path.endsWith(".gz")) continue
    const raw = readFileSync(path)
    const small = /\.(woff2|ico)$/.test(path) ? raw : gzipSync(raw, { level: 9 })
    if (small !== raw) writeFileSync(path + ".gz", small)
    total += small.length
  }
  return total
}

rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
const worker = await build({ ...common, entryPoints: ["src/network/layout.worker.ts"] })
const page = {
  ...common,
  entryPoints: ["src/main.tsx"],
  splitting: true,
  jsx: "automatic",
  loader: { ".woff2": "file", ".json": "text" },
  sourcemap: watch,
  define: { ...common.define, LAYOUT_WORKER: JSON.stringify(`/assets/${outputs(worker)[0].file}`) },
}
if (watch) {
  const plugin = { name: "page", setup: (b) => void b.onEnd((r) => r.metafile && writePage(r)) }
  await (await context({ ...page, plugins: [plugin] })).watch()
} else {
  writePage(await build(page))
  console.log(`${(compress() / 1024).toFixed(1)} KB compressed in ${out}`)
}
