// Bundles the tests of single modules and runs them with node's own runner.
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { spawnSync } from "node:child_process"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const here = dirname(fileURLToPath(import.meta.url))
const web = join(here, "../../web")
const { build } = createRequire(join(web, "package.json"))("esbuild")
const out = mkdtempSync(join(tmpdir(), "rensa-units-"))
const tests = readdirSync(join(here, "unit")).filter((f) => f.endsWith(".test.ts"))
await build({
  entryPoints: tests.map((f) => join(here, "unit", f)),
  bundle: true,
  platform: "node",
  format: "esm",
  outdir: out,
  outExtension: { ".js": ".mjs" },
  nodePaths: [join(web, "node_modules")],
  logLevel: "warning",
})
const files = tests.map((f) => join(out, f.replace(/ts$/, "mjs")))
const run = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit", env: { ...process.env, RENSA_ROOT: join(here, "../..") } })
rmSync(out, { recursive: true, force: true })
process.exit(run.status ?? 1)
