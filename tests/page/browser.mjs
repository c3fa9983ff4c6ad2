// Chromium for the tests: every test ends with a look at the console and at accessibility.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const require = createRequire(join(dirname(fileURLToPath(import.meta.url)), "../../web/package.json"))
const { chromium } = require("playwright-core")
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8")
const SERIOUS = ["serious", "critical"]

export function assert(condition, what) {
  if (!condition) throw new Error(what)
}

export function equal(is, wanted, what = "") {
  const [a, b] = [JSON.stringify(is), JSON.stringify(wanted)]
  if (a !== b) throw new Error(`${what} expected ${b?.slice(0, 400)}\n${" ".repeat(what.length)}   found ${a?.slice(0, 400)}`)
}

export async function openBrowser() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] })
  return { open: (url, options) => open(browser, url, options), close: () => browser.close() }
}

async function open(browser, url, { path = "/", width = 1280, height = 800, dark = false, language = "en-US" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light", locale: language, permissions: ["clipboard-read", "clipboard-write"], reducedMotion: "reduce" })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const said = []
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && said.push(`${m.text()} ${m.location().url}`))
  page.on("pageerror", (e) => said.push(e.stack ?? e.message))
  await page.goto(url + path)
  await page.waitForSelector("[data-ready=yes]")
  if (path.endsWith("/network")) await page.waitForSelector(".canvas")

  /** Serious faults of accessibility in what is shown now. */
  page.checkAccess = async (what = "") => {
    const session = await context.newCDPSession(page)
    await session.send("Runtime.evaluate", { expression: AXE }) // past the security policy
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }))
    const bad = found.violations.filter((v) => SERIOUS.includes(v.impact))
    assert(!bad.length, `${what} axe-core: ${bad.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.slice(0, 4).map((n) => `${n.html.slice(0, 160)}  ${n.any[0]?.message ?? ""}`).join("\n    ")}`).join("\n")}`)
  }
  page.allowed = []
  page.finish = async () => {
    await page.checkAccess("at the end:")
    const bad = said.filter((s) => !page.allowed.some((a) => s.includes(a)))
    assert(!bad.length, `the console says: ${bad.join("\n").slice(0, 1500)}`)
  }
  page.end = () => context.close()
  return page
}
