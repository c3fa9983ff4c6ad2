// Changes of a network's list of layers. A draft holds layers by identity; when it is written back, names, references and
// implied inputs are made to say the same connections again, and layers that nothing happened to keep their text.
import { find, parse, print, set, type Path, type Value } from "../lib/json"
import { isDict, makeNames, readNetwork, typeOf, type Dict, type Network } from "./model"

export type Source = DraftLayer | string

export class DraftLayer {
  sources: Source[] = []
  /** Inputs stand in the text, or have to. */
  explicit = false
  /** Its connections were changed: what is implied need not be said. */
  rewired = false
  constructor(
    public text: string,
    readonly before?: string,
  ) {}
  get value(): Value {
    return parse(this.text).value
  }
  get type(): string {
    return typeOf(this.value)
  }
  get name(): string | undefined {
    const v = this.value
    return isDict(v) && typeof v.name === "string" ? v.name : undefined
  }
  set(path: Path, value: Value | undefined) {
    if (typeof this.value === "string") this.text = print({ type: this.value })
    this.text = set(this.text, path, value)
  }
  connect(sources: Source[]) {
    this.sources = sources
    this.rewired = true
  }
}

export interface Draft {
  layers: DraftLayer[]
  inputs: string[]
  output?: DraftLayer
}

export function draftOf(text: string, network: Network): Draft {
  const starts = network.layers.map((l) => l.node.start)
  const layers = network.layers.map((l, i) => new DraftLayer(text.slice(l.node.start, l.node.end), i > 0 ? text.slice(network.layers[i - 1]!.node.end, starts[i]) : undefined))
  network.layers.forEach((l, i) => {
    const own = layers[i]!
    own.explicit = l.inputsGiven
    own.sources = l.inputs.map((n) => {
      const at = network.byName.get(n)
      return at ? layers[at.index]! : n
    })
  })
  return { layers, inputs: network.inputs, output: layers[network.output] }
}

const same = (a: string[], b: string[]) => a.length === b.length && a.every((v, i) => v === b[i])

/** Inputs as the text has them: a single one is no list. */
const asValue = (inputs: string[]): Value => (inputs.length === 1 ? inputs[0]! : inputs)

function settle(draft: Draft, list: boolean) {
  if (list && draft.output && draft.layers.at(-1) !== draft.output) {
    draft.layers = draft.layers.filter((l) => l !== draft.output)
    draft.layers.push(draft.output)
  }
  const all = makeNames(draft.layers.map((l) => ({ type: l.type, name: l.name })), draft.inputs)
  const nameOf = new Map(draft.layers.map((l, i) => [l, all[i]!]))
  draft.layers.forEach((layer, i) => {
    const wanted = layer.sources.flatMap((s) => (typeof s === "string" ? [s] : (nameOf.get(s) ?? [])))
    const implied = i > 0 ? [all[i - 1]!] : draft.inputs.slice(0, 1)
    const value = layer.value
    const given = isDict(value) && value.inputs !== undefined
    const fits = same(wanted, implied)
    if (fits && (!given || layer.rewired)) return given ? layer.set(["inputs"], undefined) : undefined
    if (given && same(wanted, Array.isArray((value as Dict).inputs) ? ((value as Dict).inputs as string[]) : [(value as Dict).inputs as string])) return
    layer.set(["inputs"], asValue(wanted))
  })
  return all
}

/** The list of layers as text; what stood between layers stays. */
function listText(draft: Draft, indent: string, head: string, tail: string): string {
  if (!draft.layers.length) return "[]"
  const broken = `\n${indent}  `
  const first = head.includes("\n") || !head ? head || broken : head
  const between = draft.layers.map((l, i) => (i === 0 ? first : (l.before ?? `,${broken}`)))
  return `[${draft.layers.map((l, i) => between[i]! + l.text).join("")}${tail || `\n${indent}`}]`
}

/** The project's text after a change of one network. */
export function editNetwork(text: string, path: Path, change: (draft: Draft, network: Network) => void): string {
  const root = parse(text)
  const network = readNetwork(root, path)
  if (!network) return text
  const draft = draftOf(text, network)
  change(draft, network)
  const asList = !!find(root, path)?.items
  const all = settle(draft, asList || !network.outputGiven)
  const node = find(root, network.list)
  if (!node?.items) return set(text, network.list, draft.layers.map((l) => l.value))
  const items = node.items
  const line = text.slice(text.lastIndexOf("\n", node.start - 1) + 1, node.start)
  const indent = /^[ \t]*/.exec(line)![0]
  const head = items.length ? text.slice(node.start + 1, items[0]!.start) : ""
  const tail = items.length ? text.slice(items.at(-1)!.end, node.end - 1) : ""
  let next = text.slice(0, node.start) + listText(draft, indent, head, tail) + text.slice(node.end)
  if (network.outputGiven && draft.output) next = setIfChanged(next, [...path, "output"], all[draft.layers.indexOf(draft.output)])
  return next
}

function setIfChanged(text: string, path: Path, value: Value | undefined): string {
  return find(parse(text), path)?.value === value ? text : set(text, path, value)
}

const indexOf = (network: Network, name: string) => network.byName.get(name)?.index ?? -1

export interface Where {
  /** Goes behind this layer or input. */
  after?: string
  /** Into the line to this layer. */
  before?: string
  place?: { x: number; y: number }
}

const withPlace = (value: Dict, place?: { x: number; y: number }): Value => {
  const full: Dict = place ? { ...value, editor: { x: Math.round(place.x), y: Math.round(place.y) } } : value
  return Object.keys(full).length === 1 && typeof full.type === "string" ? full.type : full
}

/** Adds a layer; `source` says that the type reads nothing. Gives its name, too. */
export function addLayer(text: string, path: Path, value: Dict, where: Where, source = false): { text: string; name: string } {
  let added!: DraftLayer
  let whole!: Draft
  const next = editNetwork(text, path, (draft, network) => {
    whole = draft
    added = new DraftLayer(print(withPlace(value, where.place)))
    const after = where.after === undefined ? undefined : (draft.layers[indexOf(network, where.after)] ?? where.after)
    const before = where.before === undefined ? undefined : draft.layers[indexOf(network, where.before)]
    if (after === undefined && draft.layers.length) return unconnected(draft, added, source)
    const from: Source | undefined = after ?? draft.inputs[0]
    if (!source) added.connect(from === undefined ? [] : [from])
    const followers = before ? [before] : draft.layers.filter((l) => l.sources.includes(from!))
    if (!source && (before || followers.length === 1))
      for (const f of followers) f.connect(f.sources.map((s) => (s === from ? added : s)))
    const at = from instanceof DraftLayer ? draft.layers.indexOf(from) + 1 : 0
    draft.layers.splice(at, 0, added)
    if (!draft.output || draft.output === from) draft.output = added
  })
  return { text: next, name: readNetwork(parse(next), path)?.layers[whole.layers.indexOf(added)]?.name ?? "" }
}

function unconnected(draft: Draft, layer: DraftLayer, source: boolean) {
  if (!source) layer.connect([])
  const last = draft.output ? draft.layers.indexOf(draft.output) : draft.layers.length
  draft.layers.splice(last, 0, layer)
}

/** Takes layers away; who read one of them reads what it read. */
export function removeLayers(text: string, path: Path, gone: string[]): string {
  return editNetwork(text, path, (draft, network) => {
    const dead = new Set(gone.map((n) => draft.layers[indexOf(network, n)]).filter((l) => l !== undefined))
    const through = (s: Source, depth = 0): Source[] => {
      if (typeof s === "string" || !dead.has(s)) return [s]
      return depth > dead.size || s.sources[0] === undefined ? [] : through(s.sources[0], depth + 1)
    }
    for (const l of draft.layers)
      if (!dead.has(l) && l.sources.some((s) => typeof s !== "string" && dead.has(s))) l.connect(l.sources.flatMap((s) => through(s)))
    const result = draft.output && through(draft.output)[0]
    draft.layers = draft.layers.filter((l) => !dead.has(l))
    draft.output = result instanceof DraftLayer ? result : draft.layers.at(-1)
  })
}

/** Connects the result of `from` with an input of `to`; a place behind the last one adds an input. */
export function connect(text: string, path: Path, from: string, to: string, place: number): string {
  return editNetwork(text, path, (draft, network) => {
    const target = draft.layers[indexOf(network, to)]
    const source = draft.layers[indexOf(network, from)] ?? from
    if (!target) return
    const sources = [...target.sources]
    sources[Math.min(place, sources.length)] = source
    target.connect(sources)
  })
}

export function disconnect(text: string, path: Path, to: string, place: number): string {
  return editNetwork(text, path, (draft, network) => {
    const target = draft.layers[indexOf(network, to)]
    target?.connect(target.sources.filter((_, i) => i !== place))
  })
}

export function setOutput(text: string, path: Path, name: string): string {
  return editNetwork(text, path, (draft, network) => {
    draft.output = draft.layers[indexOf(network, name)] ?? draft.output
  })
}

export function setLayer(text: string, path: Path, name: string, changes: [Path, Value | undefined][]): string {
  return editNetwork(text, path, (draft, network) => {
    const layer = draft.layers[indexOf(network, name)]
    for (const [at, value] of changes) layer?.set(at, value)
  })
}

export function movePlaces(text: string, path: Path, places: Map<string, { x: number; y: number } | undefined>): string {
  return editNetwork(text, path, (draft, network) => {
    for (const [name, place] of places) {
      const layer = draft.layers[indexOf(network, name)]
      if (!layer) continue
      if (place) layer.set(["editor"], { x: Math.round(place.x), y: Math.round(place.y) })
      else if (isDict(layer.value) && layer.value.editor !== undefined) {
        layer.set(["editor"], undefined)
        const v = layer.value as Dict
        if (Object.keys(v).length === 1 && typeof v.type === "string") layer.text = print(v.type)
      }
    }
  })
}
