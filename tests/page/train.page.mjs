// Settings, start, curves and the table of runs.
import { readFileSync } from "node:fs"
import { assert, equal } from "./browser.mjs"
import { madeUpRun } from "./mock.mjs"

const lenet = readFileSync(new URL("../../src/project/nets/lenet.json", import.meta.url), "utf8").replaceAll("mnist", "drawn")
const runs = () => ["finished", "finished", "failed", "running", "queued"].map((state, i) => madeUpRun(`00000${i + 1}-lenet`, "lenet", state, i + 1))
const open = (more, list = runs()) => ({ path: "/p/lenet/train", server: { projects: { lenet }, runs: list }, ...more })

const until = async (page, what, test) => {
  for (let i = 0; i < 100; i++) {
    if (await test()) return
    await page.waitForTimeout(50)
  }
  throw new Error(`this did not happen: ${what}`)
}
const text = (server) => JSON.parse(server.state.projects.get("lenet")).training

export const tests = [
  ["settings are written to the project", async (page, server) => {
    await page.getByLabel("Epochs", { exact: true }).fill("20")
    await page.getByLabel("rate", { exact: true }).fill("0.01")
    await page.getByLabel("Optimizer", { exact: true }).selectOption("momentum_sgd")
    await page.getByLabel("momentum", { exact: true }).fill("0.8")
    await page.getByLabel("Schedule", { exact: true }).selectOption("step")
    await until(page, "settings", () => text(server).epochs === 20 && text(server).optimizer.type === "momentum_sgd" && text(server).optimizer.momentum === 0.8 && text(server).optimizer.rate === 0.01 && text(server).optimizer.schedule.type === "step")
    await page.waitForSelector(".rate-plot canvas")
    await page.getByLabel("Metrics: Add…").selectOption("f1_score")
    await until(page, "a metric", () => text(server).metrics.join() === "accuracy,f1_score")
    await page.getByLabel("Gradients: Add…").selectOption("clip_norm")
    await until(page, "a hook", () => text(server).optimizer.hooks?.[0].threshold === 5)
  }, open()],

  ["a list of values starts a run of each", async (page, server) => {
    await page.getByLabel("Batch", { exact: true }).fill("32, 64")
    await page.getByLabel("rate", { exact: true }).fill("0.1, 0.01")
    await page.getByRole("button", { name: "Start 4 trainings" }).click()
    await until(page, "four runs", () => server.state.runs.size === 4)
    const asked = JSON.parse(server.state.requests.find((r) => r.path === "/jobs").body)
    equal(asked, { project: "lenet", sweep: { "training.batch": "32, 64", "training.optimizer.rate": "0.1, 0.01" } })
    await page.waitForSelector("tr:nth-child(4)")
    await page.waitForURL("**/train/*-lenet")
    assert(text(server).batch === 64, "the project keeps its own batch")
  }, open({}, [])],

  ["curves grow while a run goes on", async (page, server) => {
    await page.getByRole("row", { name: /000004/ }).click()
    await page.waitForSelector(".chart canvas")
    await page.waitForSelector(".run-panel >> text=000004-lenet")
    server.emit({ type: "points", run: "000004-lenet", series: { train_loss: [[5000, 0.01]] } })
    await page.waitForFunction(() => [...document.querySelectorAll(".chart")].length === 2)
    await page.getByRole("button", { name: "Stop" }).click()
    await until(page, "stopped", () => server.state.runs.get("000004-lenet").state === "stopped")
    await page.waitForSelector(".run-panel >> text=Stopped")
    await page.getByLabel("Notes").fill("rate too large")
    await page.getByLabel("Tags").focus()
    await until(page, "notes", () => server.state.runs.get("000004-lenet").notes === "rate too large")
    await page.checkAccess("a run:")
  }, open()],

  ["runs are compared, filtered, sorted", async (page) => {
    await page.getByRole("row", { name: /000001/ }).click()
    await page.getByRole("row", { name: /000002/ }).click({ modifiers: ["Control"] })
    await page.waitForURL("**/train/000001-lenet+000002-lenet")
    await page.waitForSelector(".compare >> text=0.002")
    await page.getByLabel("Logarithmic").check()
    await page.checkAccess("compare:")
    await page.getByLabel(/^Filter/).fill("state:failed")
    await until(page, "one row", async () => (await page.locator(".runs tbody tr").count()) === 1)
    await page.getByLabel(/^Filter/).fill("")
    await page.getByRole("button", { name: /^rate/ }).click()
    await until(page, "sorted", async () => (await page.locator(".runs tbody tr").first().innerText()).includes("000005"))
    await page.reload()
    await page.waitForSelector(".compare >> text=0.002")
  }, open()],

  ["ten thousand rows", async (page) => {
    await page.waitForSelector(".runs tbody tr")
    assert((await page.locator(".runs tbody tr").count()) < 60, "only the rows that are seen are drawn")
    await page.locator(".runs tbody tr").first().focus()
    for (const rows of [200, 400, 600]) {
      await page.waitForFunction((n) => Number(document.querySelector(".runs table").getAttribute("aria-rowcount")) > n, rows)
      await page.keyboard.press("End")
      await page.waitForFunction((n) => Number(document.activeElement?.getAttribute("aria-rowindex")) > n, rows)
    }
  }, open({}, Array.from({ length: 10_000 }, (_, i) => ({ ...madeUpRun(`${String(i).padStart(6, "0")}-lenet`, "lenet", "finished", 1), series: {} })))],

  ["errors of the network hold back the start", async (page) => {
    await page.waitForSelector("a.verdict.bad")
    assert(await page.getByRole("button", { name: "Start training" }).isDisabled(), "the button is off")
    await page.locator("a.verdict.bad").click()
    await page.waitForURL("**/network")
  }, open({ server: { projects: { lenet: lenet.replace('"kernel": 5', '"kernel": 50') } } })],

  ["Japanese, dark, tablet", async (page) => {
    await page.waitForSelector("text=学習を開始")
    await page.getByRole("row", { name: /000001/ }).click()
    await page.waitForSelector(".run-panel")
    await page.checkAccess("Japanese:")
  }, open({ language: "ja-JP", dark: true, width: 834, height: 1112 })],
]
