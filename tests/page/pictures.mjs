// Pictures of the page for docs/console, from a real training. Usage: pictures.mjs RENSA FOLDER
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { openBrowser } from "./browser.mjs"
import { startServer } from "./serve.mjs"

const [program, folder] = process.argv.slice(2)
const read = (file) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8").replaceAll('"mnist"', '"drawn"')
const server = await startServer(program)
const browser = await openBrowser()

async function picture(name, path, options, act = async () => {}) {
  const page = await browser.open(server.url, { path: server.entry, ...options })
  await page.goto(server.url + path)
  await page.waitForSelector(".chart canvas, .react-flow__node, .data-card img")
  await page.waitForTimeout(1500)
  await act(page)
  await page.waitForTimeout(1200)
  await page.screenshot({ path: join(folder, `${name}.png`) })
  await page.end()
}

try {
  for (const [name, file] of [["lenet", "src/project/nets/lenet.json"], ["nested", "examples/projects/nested.json"]]) await server.call(`/projects/${name}`, { method: "PUT", body: read(file) })
  const body = JSON.stringify({ project: "lenet", set: { "training.limit": 8000, "training.epochs": 6 }, sweep: { "training.optimizer.rate": "0.001, 0.0003" } })
  const { runs } = await server.call("/jobs", { method: "POST", body })
  for (let i = 0; i < 300 && (await server.call("/runs?filter=state:finished")).total < runs.length; i++) await new Promise((done) => setTimeout(done, 500))
  await picture("network", "/p/lenet/network", {}, async (page) => {
    await page.locator(".stats button").nth(4).click()
    await page.locator('.react-flow__node[data-id="conv2"]').click()
  })
  await picture("unit", "/p/nested/network/units/block", { dark: true }, async (page) => {
    await page.keyboard.press("t")
    await page.waitForTimeout(800)
    await page.keyboard.press("f")
  })
  await picture("train", `/p/lenet/train/${runs[0]}`, {})
  await picture("data", "/p/lenet/data", {})
} finally {
  await browser.close()
  await server.close()
}
