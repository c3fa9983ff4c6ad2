// The page on the real server: from an empty project to a network that works.
import { assert, equal } from "./browser.mjs"

const state = async (server, id) => (await server.call(`/runs/${id}`)).state
const until = async (page, what, test, seconds = 90) => {
  for (let i = 0; i < seconds * 5; i++) {
    const result = await test()
    if (result) return result
    await page.waitForTimeout(200)
  }
  throw new Error(`this did not happen: ${what}`)
}
const palette = (page, name) => page.locator(`.palette-item:has(span:text-is("${name}"))`).first()
const block = (page, name) => page.locator(`.react-flow__node[data-id="${name}"]`)

async function newProject(page, name, sample) {
  await page.getByRole("button", { name: "New project" }).first().click()
  await page.getByLabel("Name", { exact: true }).fill(name)
  await page.getByRole("radio", { name: sample }).check()
  await page.getByRole("button", { name: "Create" }).click()
  await page.waitForURL(`**/p/${name}/network`)
  await page.waitForSelector(".canvas")
}

async function quick(page, epochs, limit) {
  await page.getByLabel("Epochs", { exact: true }).fill(String(epochs))
  await page.locator(".settings summary").click()
  await page.getByLabel("Only so many examples").fill(String(limit))
}

export const tests = [
  ["data sets are looked at and chosen", async (page, server) => {
    page.allowed.push("Failed to load resource") // of sets that are not on this machine
    await newProject(page, "third", "lenet")
    await page.getByRole("link", { name: "Data" }).click()
    const card = page.locator(".data-card", { hasText: "drawn" })
    await card.locator("img").nth(17).waitFor()
    await page.waitForFunction(() => [...document.querySelectorAll(".data-card:last-of-type img")].some((i) => i.naturalWidth === 28))
    await card.getByRole("button", { name: "Use it" }).click()
    await card.locator(".used").waitFor()
    await until(page, "it is saved", async () => (await server.call("/projects/third")).data === "drawn")
    await card.getByRole("button", { name: "Look inside" }).click()
    await page.locator(".class-bars div").nth(9).waitFor()
    await page.getByRole("button", { name: "Next" }).click()
    await page.waitForSelector("text=61–120")
    await page.checkAccess("a data set:")
    await page.keyboard.press("Escape")
    await page.waitForTimeout(200)
  }, { real: true }],

  ["drawn by mouse, trained to 97 %", async (page, server) => {
    await newProject(page, "first", "Empty project")
    for (const type of ["conv2d", "relu", "max_pool2d", "conv2d", "relu", "max_pool2d", "linear", "relu", "linear"]) await palette(page, type).dblclick()
    await page.keyboard.press("f")
    await page.waitForTimeout(300)
    await block(page, "conv2d").click()
    await page.getByLabel("kernel", { exact: true }).fill("5")
    await block(page, "linear").click()
    await page.getByLabel("out", { exact: true }).fill("64")
    await block(page, "linear_2").click()
    await page.getByLabel("out", { exact: true }).fill("10")
    await page.waitForSelector(".verdict:has-text('No errors')")
    await page.getByRole("link", { name: "Train" }).click()
    await quick(page, 8, 6000)
    await page.getByRole("button", { name: "Start training" }).click()
    await page.waitForURL("**/train/*")
    const id = page.url().split("/").pop()
    await page.waitForSelector(".chart canvas", { timeout: 60_000 })
    await page.waitForSelector(".run-panel >> text=Finished", { timeout: 120_000 })
    const { runs } = await server.call("/runs?columns=test_accuracy")
    assert(runs[0].id === id && runs[0].values.test_accuracy >= 0.97, `the accuracy is ${runs[0].values.test_accuracy}`)
    await page.checkAccess("trained:")
  }, { real: true }],

  ["stopped and resumed; four runs of a sweep", async (page, server) => {
    await newProject(page, "second", "mlp")
    await server.call("/projects/second")
    await page.keyboard.press("t")
    await page.locator(".cm-content").click()
    await page.keyboard.press("Control+a")
    await page.evaluate((text) => navigator.clipboard.writeText(text), JSON.stringify({ rensa: 1, name: "second", data: "drawn", network: [{ type: "linear", out: 32 }, "relu", { type: "linear", out: "=classes" }], training: { limit: 2000, epochs: 2000 } }, null, 2))
    await page.keyboard.press("Control+v")
    await page.waitForSelector(".verdict:has-text('No errors')")
    await page.getByRole("link", { name: "Train" }).click()
    await page.getByRole("button", { name: "Start training" }).click()
    await page.waitForURL("**/train/*")
    const id = page.url().split("/").pop()
    await until(page, "it trains", async () => (await server.call(`/runs/${id}`)).epoch > 2)
    await page.getByRole("button", { name: "Suspend" }).click()
    await until(page, "suspended", async () => (await state(server, id)) === "suspended")
    const before = (await server.call(`/runs/${id}`)).epoch
    await page.getByRole("button", { name: "Resume" }).click()
    await until(page, "it goes on", async () => (await server.call(`/runs/${id}`)).epoch > before + 1)
    await page.getByRole("button", { name: "Stop" }).click()
    await until(page, "stopped", async () => !["running", "queued"].includes(await state(server, id)))
    await page.getByRole("tab", { name: "Settings" }).click()
    await page.getByLabel("Epochs", { exact: true }).fill("1")
    await page.getByLabel("rate", { exact: true }).fill("0.1, 0.01")
    await page.getByLabel("Batch", { exact: true }).fill("50, 100")
    await page.getByRole("button", { name: "Start 4 trainings" }).click()
    const done = await until(page, "four have finished", async () => {
      const { runs } = await server.call("/runs?filter=state:finished&columns=set.training.batch,set.training.optimizer.rate")
      return runs.length === 4 && runs
    })
    equal(done.map((r) => `${r.values["set.training.batch"]}/${r.values["set.training.optimizer.rate"]}`).sort(), ["100/0.01", "100/0.1", "50/0.01", "50/0.1"])
  }, { real: true }],
]
