// The editor.
import { readFileSync } from "node:fs"
import { assert, equal } from "./browser.mjs"

const root = new URL("../../", import.meta.url)
const read = (file) => readFileSync(new URL(file, root), "utf8")
const EMPTY = '{\n  "rensa": 1,\n  "name": "empty",\n  "data": "drawn",\n  "network": []\n}\n'
const lenet = read("src/project/nets/lenet.json").replaceAll("mnist", "drawn")
const nested = read("examples/projects/nested.json").replaceAll("mnist", "drawn")

const saved = async (page, server, name, test, what) => {
  for (let i = 0; i < 100; i++) {
    const text = server.state.projects.get(name)
    if (test(JSON.parse(text), text)) return text
    await page.waitForTimeout(50)
  }
  throw new Error(`${what}: ${server.state.projects.get(name).slice(0, 900)}`)
}
const block = (page, name) => page.locator(`.react-flow__node[data-id="${name}"]`)
const shapeOf = async (page, name, wanted) => {
  await page.waitForFunction(([n, w]) => document.querySelector(`.react-flow__node[data-id="${n}"] .block-shape`)?.textContent.includes(w), [name, wanted]).catch(async () => {
    throw new Error(`shape of ${name}: expected ${wanted}, found ${await block(page, name).innerText()}`)
  })
}
const palette = (page, name) => page.locator(`.palette-item:has(span:text-is("${name}"))`).first()
const open = (project, text, more) => ({ path: `/p/${project}/network`, server: { projects: { [project]: text } }, ...more })
/** Branches that are added again, five hundred blocks long. */
function big() {
  const layers = Array.from({ length: 500 }, (_, i) =>
    i % 5 === 4 ? { name: `b${i}`, type: "add", inputs: [`b${i - 1}`, `b${i > 4 ? i - 5 : i - 3}`] } : { name: `b${i}`, type: i % 2 ? "relu" : "conv2d", ...(i % 2 ? {} : { out: 16, kernel: 3, pad: 1 }) },
  )
  return JSON.stringify({ rensa: 1, name: "big", data: "drawn", network: layers }, null, 1)
}
const types = (p) => p.network.map((l) => l.type ?? l)

export const tests = [
  ["LeNet is drawn by mouse", async (page, server) => {
    for (const type of ["conv2d", "relu", "max_pool2d", "conv2d", "relu", "max_pool2d", "linear", "relu", "linear"]) await palette(page, type).dblclick()
    await saved(page, server, "empty", (p) => p.network.length === 9, "nine blocks")
    await page.keyboard.press("f")
    await page.waitForTimeout(300)
    await block(page, "linear_2").click()
    await page.getByLabel("out", { exact: true }).fill("10")
    await block(page, "conv2d").click()
    await page.getByLabel("out", { exact: true }).fill("20")
    await page.getByLabel("kernel", { exact: true }).fill("5")
    await shapeOf(page, "conv2d", "20 × 24 × 24")
    await shapeOf(page, "linear_2", "10")
    await saved(page, server, "empty", (p) => p.network[0].out === 20 && p.network[8].out === 10, "options")
    await page.waitForSelector(".verdict:has-text('No errors')")
  }, open("empty", EMPTY)],

  ["blocks are dragged, dropped and connected", async (page, server) => {
    await palette(page, "relu").dragTo(page.locator(".canvas"), { targetPosition: { x: 120, y: 120 } })
    await block(page, "relu").waitFor()
    await palette(page, "tanh").dragTo(page.locator(".canvas"), { targetPosition: { x: 520, y: 420 } })
    await block(page, "tanh").waitFor()
    await saved(page, server, "empty", (p) => p.network.some((l) => l.type === "tanh" && l.inputs.length === 0), "tanh is not connected")
    await page.waitForSelector('.react-flow__node[data-id="tanh"] .block.bad')
    await block(page, "relu").hover()
    await block(page, "relu").locator(".react-flow__handle.source").dragTo(block(page, "tanh"))
    await saved(page, server, "empty", (p) => p.network.some((l) => (l.type ?? l) === "tanh" && l.inputs === "relu"), "tanh reads relu")
    await page.keyboard.press("f")
    await page.waitForTimeout(300)
    await block(page, "tanh").hover()
    await block(page, "tanh").locator(".react-flow__handle.source").dragTo(page.locator('.react-flow__node[data-id="out/"]'), { force: true })
    await saved(page, server, "empty", (p) => (p.network.at(-1).type ?? p.network.at(-1)) === "tanh", "tanh is the output")
    const before = await block(page, "tanh").boundingBox()
    await page.mouse.move(before.x + 60, before.y + 30)
    await page.mouse.down()
    await page.mouse.move(before.x + 160, before.y + 60, { steps: 5 })
    await page.mouse.up()
    await saved(page, server, "empty", (p) => p.network.at(-1).editor?.x !== undefined, "a place by hand")
    await page.keyboard.press("l")
    await saved(page, server, "empty", (p) => p.network.every((l) => l.editor === undefined), "arranged")
  }, open("empty", EMPTY)],

  ["mistakes are said on the block as one types", async (page, server) => {
    await block(page, "conv2").click()
    await page.getByLabel("kernel", { exact: true }).fill("50")
    await page.waitForSelector('.react-flow__node[data-id="conv2"] .block.bad')
    await page.waitForSelector(".inspector .fault, .inspector .wrong")
    await page.checkAccess("with an error:")
    await page.getByLabel("kernel", { exact: true }).fill("3")
    await page.waitForFunction(() => !document.querySelector(".block.bad"))
    await saved(page, server, "lenet", (p) => p.network[3].kernel === 3, "kernel")
    await page.getByLabel("kernel", { exact: true }).press("ArrowUp")
    await saved(page, server, "lenet", (p) => p.network[3].kernel === 4, "arrow")
  }, open("lenet", lenet)],

  ["a unit is made, used twice, and opened", async (page, server) => {
    await block(page, "conv2").click()
    await block(page, "relu_2").click({ modifiers: ["Shift"] })
    await block(page, "pool2").click({ modifiers: ["Shift"] })
    await page.keyboard.press("u")
    await page.locator("dialog input").fill("stage")
    await page.keyboard.press("Enter")
    await saved(page, server, "lenet", (p) => p.units?.stage?.layers.length === 3 && p.network.some((l) => l.type === "stage"), "the unit")
    await shapeOf(page, "stage", "50 × 4 × 4")
    await page.keyboard.press("Control+d")
    await saved(page, server, "lenet", (p) => p.network.filter((l) => l.type === "stage").length === 2, "twice")
    await block(page, "stage").dblclick()
    await page.waitForSelector(".crumbs b:has-text('stage')")
    await shapeOf(page, "conv2", "50 × 8 × 8")
    await page.goBack()
    await block(page, "fc1").waitFor()
    await page.keyboard.press("Control+z")
    await page.keyboard.press("Control+z")
    await saved(page, server, "lenet", (p, text) => text === lenet, "all undone")
  }, open("lenet", lenet)],

  ["thirty steps back and forth", async (page, server) => {
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press("a")
      await page.locator("dialog input").fill(i % 2 ? "tanh" : "relu")
      await page.keyboard.press("Enter")
      await page.waitForFunction((n) => document.querySelectorAll("dialog").length === 0 && n, i + 1)
    }
    const text = await saved(page, server, "lenet", (p) => p.network.length === 39, "thirty more")
    for (let i = 0; i < 30; i++) await page.keyboard.press("Control+z")
    await saved(page, server, "lenet", (p, t) => t === lenet, "undone to the letter")
    for (let i = 0; i < 30; i++) await page.keyboard.press("Control+Shift+z")
    await saved(page, server, "lenet", (p, t) => t === text, "redone to the letter")
  }, open("lenet", lenet)],

  ["by keyboard alone", async (page, server) => {
    const add = async (name) => {
      await page.keyboard.press("a")
      await page.locator("dialog input").waitFor()
      await page.keyboard.type(name)
      await page.keyboard.press("Enter")
      await page.locator("dialog").waitFor({ state: "detached" })
    }
    await add("conv2d")
    await add("relu")
    await add("linear")
    await page.keyboard.press("Enter")
    await page.keyboard.type("10")
    await page.keyboard.press("Escape")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.keyboard.type("8")
    await page.keyboard.press("Escape")
    await saved(page, server, "empty", (p) => p.network[0]?.out === 8 && p.network[2]?.out === 10, "options by keys")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("r")
    await page.locator("dialog input").waitFor()
    await page.keyboard.type("tanh")
    await page.keyboard.press("Enter")
    await page.locator("dialog").waitFor({ state: "detached" })
    await saved(page, server, "empty", (p) => types(p).join() === "conv2d,tanh,linear", "replaced")
    await page.keyboard.press("c")
    await page.locator("dialog input").waitFor()
    await page.keyboard.type("Output")
    await page.keyboard.press("Enter")
    await saved(page, server, "empty", (p) => (p.network.at(-1).type ?? p.network.at(-1)) === "tanh", "the output is tanh")
    await page.keyboard.press("?")
    await page.waitForSelector(".keys-help")
    await page.checkAccess("help:")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await page.waitForSelector("#commands")
    await page.keyboard.type("train")
    await page.keyboard.press("Enter")
    await page.waitForURL("**/train")
    await page.goBack()
  }, open("empty", EMPTY)],

  ["text and drawing are the same", async (page, server) => {
    await page.keyboard.press("t")
    await page.locator(".cm-content").waitFor()
    await block(page, "fc1").click()
    await page.getByLabel("out", { exact: true }).fill("77")
    await page.waitForFunction(() => document.querySelector(".text-view").shadowRoot.textContent.includes("77"))
    await page.locator(".cm-line", { hasText: '"conv1"' }).click()
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await page.keyboard.type('"tanh",')
    await block(page, "tanh").waitFor()
    await saved(page, server, "lenet", (p) => p.network[1] === "tanh", "typed")
    await page.keyboard.type("{{")
    await page.waitForSelector(".verdict.bad")
    await page.keyboard.press("Control+z")
    await page.waitForSelector(".verdict:not(.bad)")
    await page.checkAccess("text:")
  }, open("lenet", lenet)],

  ["copied as text, pasted elsewhere", async (page, server) => {
    await block(page, "conv2").click()
    await block(page, "relu_2").click({ modifiers: ["Shift"] })
    await page.keyboard.press("Control+c")
    const clip = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))
    equal(clip.map((l) => l.type), ["conv2d", "relu"], "clipboard")
    await page.keyboard.press("Control+v")
    await saved(page, server, "lenet", (p) => p.network.length === 11 && p.network.some((l) => l.inputs === "conv_2" || l.name === "conv_2"), "pasted")
    await page.keyboard.press("Delete")
    await saved(page, server, "lenet", (p) => p.network.length === 9, "deleted")
  }, open("lenet", lenet)],

  ["pictures and the project as files", async (page, server) => {
    const get = async (item) => {
      await page.getByLabel("Project as a file").click()
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: item }).click()])
      return readFileSync(await file.path())
    }
    await shapeOf(page, "stem", "16 × 28 × 28")
    const svg = (await get("Picture as SVG")).toString()
    assert(svg.includes("stem") && svg.includes("16 × 28 × 28") && !svg.includes("var("), "svg")
    const png = await get("Picture as PNG")
    equal([...png.subarray(0, 4)], [137, 80, 78, 71], "png")
    equal((await get("Project as a file")).toString(), nested, "the same text")
    await page.goto(server.url)
    await page.locator("input[type=file]").setInputFiles({ name: "again.json", mimeType: "application/json", buffer: Buffer.from(nested) })
    await page.waitForURL("**/p/again/network")
    equal(server.state.projects.get("again"), nested, "imported to the letter")
    await block(page, "stem").waitFor()
  }, open("nested", nested)],

  ["a reload loses nothing", async (page, server) => {
    await page.route("**/api/projects/lenet", (route) => (route.request().method() === "PUT" ? route.abort() : route.fallback()))
    page.allowed.push("ERR_FAILED")
    await block(page, "fc1").click()
    await page.getByLabel("out", { exact: true }).fill("123")
    await page.waitForSelector("[data-state=unsaved]")
    await page.unroute("**/api/projects/lenet")
    await page.reload()
    await saved(page, server, "lenet", (p) => p.network[6].out === 123, "after the reload")
    await block(page, "fc1").waitFor()
    await page.keyboard.press("Control+z")
    await saved(page, server, "lenet", (p, text) => text === lenet, "undone after the reload")
  }, open("lenet", lenet)],

  ["five hundred blocks move smoothly", async (page) => {
    await page.waitForSelector(".react-flow__node .block")
    await page.waitForTimeout(1000)
    const frames = async (run) => {
      await page.evaluate(() => {
        let last = performance.now()
        globalThis.frames = []
        const step = () => {
          frames.push(performance.now() - last)
          last = performance.now()
          globalThis.next = requestAnimationFrame(step)
        }
        requestAnimationFrame(step)
      })
      await run()
      return page.evaluate(() => (cancelAnimationFrame(globalThis.next), frames.slice(1).sort((a, b) => a - b)))
    }
    assert((await page.locator(".react-flow__node").count()) < 100, "only what is seen is drawn")
    const head = await page.locator(".block-head").nth(3).boundingBox()
    const dragged = await frames(async () => {
      await page.mouse.move(head.x + 20, head.y + 8)
      await page.mouse.down()
      for (let i = 0; i < 40; i++) await page.mouse.move(head.x + 20 + i * 2, head.y + 8 + i)
      await page.waitForTimeout(300)
      await page.mouse.up()
    })
    const median = dragged[dragged.length >> 1]
    assert(median < 34, `half of the frames take more than ${median.toFixed(1)} ms`) // 16.7 on an idle machine
    await page.locator(".react-flow__node .block").nth(2).click()
    const field = page.locator(".inspector .option input").first()
    await field.fill("24")
    const typed = await field.evaluate(async (input) => {
      const began = performance.now()
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, "25")
      input.dispatchEvent(new Event("input", { bubbles: true }))
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))
      return performance.now() - began
    })
    assert(typed < 600, `a key takes ${typed.toFixed(0)} ms`) // 60 on an idle machine
  }, open("big", big())],

  ["Japanese, dark, tablet", async (page) => {
    await block(page, "conv1").click()
    await page.waitForSelector("text=エラーなし")
    await page.checkAccess("Japanese:")
  }, open("lenet", lenet, { language: "ja-JP", dark: true, width: 834, height: 1112 })],
]
