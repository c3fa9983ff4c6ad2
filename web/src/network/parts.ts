// Parts of a network that move as text: copy, paste, duplicate, and units made out of a selection.
import { find, parse, print, set, type Path, type Value } from "../lib/json"
import { DraftLayer, editNetwork, type Source } from "./edit"
import { isDict, typeOf, type Dict, type Network } from "./model"

const SHIFT = 24

function asObject(layer: DraftLayer): Dict {
  const v = layer.value
  return isDict(v) ? v : { type: typeOf(v) }
}

/** Units that layers of these types need, those inside of units, too. */
function unitsFor(root: Value, types: string[]): Dict {
  const all = isDict(root) && isDict(root.units) ? root.units : {}
  const used: Dict = {}
  const visit = (type: string) => {
    const unit = all[type]
    if (unit === undefined || type in used) return
    used[type] = unit
    const layers = Array.isArray(unit) ? unit : isDict(unit) && Array.isArray(unit.layers) ? unit.layers : []
    for (const l of layers) visit(typeOf(l))
  }
  types.forEach(visit)
  return used
}

/** The chosen layers as text that a project could hold: names and inputs are said in full. */
export function copyLayers(text: string, network: Network, chosen: string[]): string {
  const layers = network.layers
    .filter((l) => chosen.includes(l.name))
    .map((l): Dict => {
      const { name: _, type, inputs: __, ...rest } = l.value
      return { name: l.name, type: type ?? l.type, inputs: l.inputs.length === 1 ? l.inputs[0]! : l.inputs, ...rest }
    })
  const units = unitsFor(parse(text).value, layers.map((l) => typeOf(l)))
  return print(Object.keys(units).length ? { layers, units } : layers)
}

interface Clip {
  layers: Dict[]
  units: Dict
}

export function readClip(clip: string): Clip | undefined {
  let value: Value
  try {
    value = parse(clip).value
  } catch {
    return undefined
  }
  const whole = isDict(value) && Array.isArray(value.layers) ? value : { layers: isDict(value) && typeof value.type === "string" ? [value] : value, units: {} }
  if (!Array.isArray(whole.layers) || !whole.layers.length || !whole.layers.every((l) => typeOf(l) !== "")) return undefined
  return { layers: whole.layers.map((l) => (isDict(l) ? l : { type: typeOf(l) })), units: isDict(whole.units) ? whole.units : {} }
}

export function freeName(wanted: string, taken: (name: string) => boolean): string {
  if (!taken(wanted)) return wanted
  const stem = wanted.replace(/_?\d+$/, "")
  let k = 2
  while (taken(`${stem}_${k}`)) k++
  return `${stem}_${k}`
}

/** Puts copied layers in; names that are taken get a number, connections among them stay. */
export function pasteLayers(text: string, path: Path, clip: string): { text: string; names: string[] } | undefined {
  const parsed = readClip(clip)
  if (!parsed) return undefined
  let next = text
  const units = find(parse(text), ["units"])?.value
  for (const [name, unit] of Object.entries(parsed.units)) if (!isDict(units) || !(name in units)) next = set(next, ["units", name], unit)
  const pasted: string[] = []
  next = editNetwork(next, path, (draft, network) => {
    const taken = new Set([...network.inputs, ...network.layers.map((l) => l.name)])
    const renamed = new Map<string, DraftLayer>()
    const added = parsed.layers.map((value, i) => {
      const old = typeof value.name === "string" ? value.name : `${typeOf(value)}#${i}`
      const name = freeName(typeof value.name === "string" ? value.name : typeOf(value), (n) => taken.has(n))
      taken.add(name)
      pasted.push(name)
      const editor = isDict(value.editor) && typeof value.editor.x === "number" && typeof value.editor.y === "number" ? { ...value.editor, x: value.editor.x + SHIFT, y: value.editor.y + SHIFT } : value.editor
      const { inputs: _, ...rest } = value
      const layer = new DraftLayer(print({ ...rest, name, ...(editor === undefined ? {} : { editor }) }))
      renamed.set(old, layer)
      return layer
    })
    parsed.layers.forEach((value, i) => {
      const wanted = value.inputs === undefined ? [] : Array.isArray(value.inputs) ? value.inputs : [value.inputs]
      const sources = wanted.flatMap((n): Source[] => {
        if (typeof n !== "string") return []
        const here = network.byName.get(n)
        return renamed.has(n) ? [renamed.get(n)!] : here ? [draft.layers[here.index]!] : network.inputs.includes(n) ? [n] : []
      })
      const implied = value.inputs === undefined && i > 0 ? [added[i - 1]!] : sources
      added[i]!.connect(implied)
    })
    const at = draft.output ? draft.layers.indexOf(draft.output) : draft.layers.length
    draft.layers.splice(at, 0, ...added)
    draft.output ??= added.at(-1)
  })
  return { text: next, names: pasted }
}

export class UnitProblem extends Error {
  constructor(readonly kind: "results" | "empty") {
    super(kind)
  }
}

/** Names of the network's arguments that expressions of a layer use. */
function argumentsIn(layer: DraftLayer, all: Dict): string[] {
  const found = new Set<string>()
  const visit = (v: Value) => {
    if (typeof v === "string" && v.startsWith("=")) for (const word of v.replace(/'[^']*'/g, "").match(/[A-Za-z_]\w*/g) ?? []) if (word in all) found.add(word)
    if (typeof v === "object" && v !== null) Object.values(v).forEach(visit)
  }
  visit(layer.value)
  return [...found]
}

/** The text with the chosen layers gathered in a new unit, which stands in their place. */
export function makeUnit(text: string, path: Path, chosen: string[], unit: string): { text: string; name: string } {
  let definition: Dict = {}
  let name = ""
  const next = editNetwork(text, path, (draft, network) => {
    const inside = draft.layers.filter((_, i) => chosen.includes(network.layers[i]!.name))
    if (!inside.length) throw new UnitProblem("empty")
    const within = new Set(inside)
    const outside: Source[] = []
    for (const l of inside) for (const s of l.sources) if ((typeof s === "string" || !within.has(s)) && !outside.includes(s)) outside.push(s)
    const results = inside.filter((l) => l === draft.output || draft.layers.some((o) => !within.has(o) && o.sources.includes(l)))
    const result = results[0] ?? inside.at(-1)!
    if (results.length > 1) throw new UnitProblem("results")
    const nameOf = (l: DraftLayer) => network.layers[draft.layers.indexOf(l)]!.name
    const inputs = outside.length === 1 ? ["x"] : outside.map((s) => (typeof s === "string" ? s : nameOf(s)))
    const args = [...new Set(inside.flatMap((l) => argumentsIn(l, network.arguments)))]
    const layers = inside.map((l): Value => {
      const { editor: _, inputs: __, name: ___, type: ____, ...rest } = asObject(l)
      const sources = l.sources.map((s) => (typeof s !== "string" && within.has(s) ? nameOf(s) : inputs[outside.indexOf(s)]!))
      return { name: nameOf(l), type: typeOf(l.value), inputs: sources.length === 1 ? sources[0]! : sources, ...rest }
    })
    definition = {
      ...(args.length ? { arguments: Object.fromEntries(args.map((a) => [a, network.arguments[a] ?? null])) } : {}),
      ...(inputs.length === 1 && inputs[0] === "x" ? {} : { inputs }),
      layers,
      ...(result === inside.at(-1) ? {} : { output: nameOf(result) }),
    }
    name = freeName(unit, (n) => network.inputs.includes(n) || network.layers.some((l) => l.name === n && !chosen.includes(n)))
    const block = new DraftLayer(print({ name, type: unit, ...Object.fromEntries(args.map((a) => [a, `=${a}`])) }))
    block.connect(outside)
    for (const l of draft.layers) if (!within.has(l) && l.sources.includes(result)) l.connect(l.sources.map((s) => (s === result ? block : s)))
    if (draft.output && within.has(draft.output)) draft.output = block
    draft.layers.splice(draft.layers.indexOf(inside[0]!), 0, block)
    draft.layers = draft.layers.filter((l) => !within.has(l))
  })
  return { text: tidyUnit(set(next, ["units", unit], definition), unit), name }
}

/** Inputs that are implied need not stand in the new unit. */
function tidyUnit(text: string, unit: string): string {
  return editNetwork(text, ["units", unit], (draft) => {
    for (const l of draft.layers) l.rewired = true
  })
}

export function unitNameFree(root: Value, palette: Set<string>, wanted: string): string {
  const units = isDict(root) && isDict(root.units) ? root.units : {}
  const networks = isDict(root) && isDict(root.networks) ? root.networks : {}
  return freeName(wanted, (n) => n in units || n in networks || palette.has(n))
}
