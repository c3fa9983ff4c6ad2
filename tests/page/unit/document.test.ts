// The history of a project's text: any series of changes, undone in full, gives the same text to the letter.
import assert from "node:assert/strict"
import { test } from "node:test"
import { createDocument } from "../../../web/src/lib/document"
import { JsonError, parse, print, set } from "../../../web/src/lib/json"
import { addLayer, connect, disconnect, movePlaces, removeLayers, setLayer, setOutput } from "../../../web/src/network/edit"
import { readNetwork } from "../../../web/src/network/model"
import { copyLayers, makeUnit, pasteLayers, UnitProblem } from "../../../web/src/network/parts"
import { projects, random } from "./help"

const TYPES = ["relu", "conv2d", "linear", "dropout", "batch_norm", "add"]

function step(text: string, pick: (n: number) => number): string {
  const network = readNetwork(parse(text), ["network"])!
  const name = () => network.layers[pick(network.layers.length)]?.name ?? "x"
  const other = () => (pick(6) ? name() : network.inputs[0]!)
  switch (pick(9)) {
    case 0:
      return addLayer(text, ["network"], { type: TYPES[pick(TYPES.length)]! }, { after: pick(4) ? other() : undefined }).text
    case 1:
      return network.layers.length > 3 ? removeLayers(text, ["network"], [name(), name()]) : text
    case 2:
      return connect(text, ["network"], other(), name(), pick(3))
    case 3:
      return disconnect(text, ["network"], name(), 0)
    case 4:
      return setLayer(text, ["network"], name(), [[["name"], `n${pick(1e6)}`]])
    case 5:
      return movePlaces(text, ["network"], new Map([[name(), pick(2) ? { x: pick(900), y: pick(900) } : undefined]]))
    case 6:
      return pasteLayers(text, ["network"], copyLayers(text, network, [name(), name()]))!.text
    case 7:
      return setOutput(text, ["network"], name())
    default:
      try {
        return makeUnit(text, ["network"], [name()], `unit${pick(1e6)}`).text
      } catch (error) {
        if (error instanceof UnitProblem) return text
        throw error
      }
  }
}

for (const [file, text] of projects())
  test(`random commands on ${file}: undo all, redo all`, () => {
    for (let seed = 1; seed <= 4; seed++) {
      const pick = random(seed)
      const d = createDocument(text, () => 0)
      const seen = [text]
      for (let i = 0; i < 60; i++) {
        d.change("step", step(d.state.get().text, pick))
        if (d.state.get().text !== seen.at(-1)) seen.push(d.state.get().text)
      }
      const end = d.state.get().text
      assert.ok(seen.length > 20)
      for (let i = seen.length - 2; i >= 0; i--) {
        d.undo()
        assert.equal(d.state.get().text, seen[i])
      }
      assert.equal(d.state.get().text, text)
      assert.equal(d.undo(), undefined)
      while (d.redo());
      assert.equal(d.state.get().text, end)
    }
  })

test("typing in one field is one step", () => {
  let now = 0
  const d = createDocument('{"a": 1}', () => now)
  for (const v of ["1", "12", "123"]) {
    now += 200
    d.change("a", set('{"a": 1}', ["a"], Number(v + "0")), "a")
  }
  now += 5000
  d.change("a", '{"a": 5}', "a")
  assert.equal(d.state.get().past.length, 2)
  d.undo()
  assert.equal(d.state.get().text, '{"a": 1230}')
  d.undo()
  assert.equal(d.state.get().text, '{"a": 1}')
})

test("a text that cannot be read keeps the drawing and says where", () => {
  const d = createDocument('{"network": ["relu"]}')
  d.change("typing", '{"network": ["relu",\n }')
  const s = d.state.get()
  assert.deepEqual([s.error?.line, s.error?.column], [2, 2])
  assert.deepEqual(s.root.value, { network: ["relu"] })
})

test("edits keep what else is in the text", () => {
  const text = '{ "b":1,\n\n   "unknown" : [1,2 ,  3],\n "a": {"x":  1.50e0}}'
  assert.equal(set(text, ["b"], 2), text.replace('"b":1', '"b":2'))
  assert.equal(set(text, ["a", "y"], 1), text.replace("1.50e0", '1.50e0, "y": 1'))
  assert.equal(set(text, ["unknown"], undefined), '{ "b":1,\n "a": {"x":  1.50e0}}'.replace(',\n "a"', ',\n "a"'))
  assert.equal(set(set(text, ["new", "deep"], true), ["new"], undefined), text)
})

test("what is printed is read again", () => {
  for (const [, text] of projects()) assert.deepEqual(parse(print(parse(text).value)).value, JSON.parse(text))
})

test("numbers, texts and depths that are none", () => {
  for (const bad of ["01", "1.", "+1", '"\u0001"', "[1,]", "{a:1}", "nul", "", "[".repeat(300), "1 2", '{"a" 1}']) assert.throws(() => parse(bad), JsonError, bad)
})
