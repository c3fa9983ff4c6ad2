// Networks as the project's text has them: which there are, their layers, names and connections. Names and inputs follow
// the rules of the project format; shapes, costs and errors come from the server.
import { find, type Node, type Path, type Value } from "../lib/json"

export type Dict = { [key: string]: Value }
export const isDict = (v: Value | undefined): v is Dict => typeof v === "object" && v !== null && !Array.isArray(v)

export interface Layer {
  index: number
  name: string
  /** Its name is made from its type. */
  made: boolean
  type: string
  /** Names of what it reads. */
  inputs: string[]
  inputsGiven: boolean
  value: Dict
  node: Node
  place?: { x: number; y: number }
}

export interface Network {
  /** "network", "networks/encoder", "units/block": what the address and the tabs call it. */
  id: string
  path: Path
  name: string
  unit: boolean
  arguments: Dict
  inputs: string[]
  layers: Layer[]
  /** The layer that gives the result; -1 in an empty network. */
  output: number
  outputGiven: boolean
  /** Where the list of layers stands. */
  list: Path
  byName: Map<string, Layer>
}

export const names = (v: Value | undefined): string[] => (typeof v === "string" ? [v] : Array.isArray(v) ? v.filter((n) => typeof n === "string") : [])

export const typeOf = (v: Value): string => (typeof v === "string" ? v : isDict(v) && typeof v.type === "string" ? v.type : "")

/** Names for layers that have none: the type, with a number from the second on. */
export function makeNames(layers: { type: string; name?: string }[], inputs: string[]): string[] {
  const taken = new Set(inputs)
  for (const l of layers) if (l.name) taken.add(l.name)
  const count = new Map<string, number>()
  return layers.map((l) => {
    let k = (count.get(l.type) ?? 0) + 1
    count.set(l.type, k)
    if (l.name) return l.name
    const stem = l.type === "" || l.type.startsWith("=") ? "layer" : l.type
    let name = k > 1 ? `${stem}_${k}` : stem
    while (taken.has(name)) name = `${stem}_${++k}`
    taken.add(name)
    return name
  })
}

function placeOf(value: Dict): { x: number; y: number } | undefined {
  const e = value.editor
  return isDict(e) && typeof e.x === "number" && typeof e.y === "number" ? { x: e.x, y: e.y } : undefined
}

export function readNetwork(root: Node, path: Path): Network | undefined {
  const node = find(root, path)
  if (!node || (!node.items && !node.members)) return undefined
  const object = node.items ? {} : (node.value as Dict)
  const list = node.items ? path : [...path, "layers"]
  const items = (node.items ? node : find(node, ["layers"]))?.items ?? []
  const inputs = object.inputs === undefined ? ["x"] : names(object.inputs)
  const heads = items.map((i) => ({ type: typeOf(i.value), name: isDict(i.value) && typeof i.value.name === "string" ? i.value.name : undefined }))
  const made = makeNames(heads, inputs)
  const layers = items.map((item, index): Layer => {
    const value = isDict(item.value) ? item.value : { type: heads[index]!.type }
    const given = value.inputs !== undefined
    const before = index > 0 ? made[index - 1]! : inputs[0]
    return {
      index,
      name: made[index]!,
      made: !heads[index]!.name,
      type: heads[index]!.type,
      inputs: given ? names(value.inputs) : before === undefined ? [] : [before],
      inputsGiven: given,
      value,
      node: item,
      place: placeOf(value),
    }
  })
  const byName = new Map(layers.map((l) => [l.name, l]))
  const output = typeof object.output === "string" ? (byName.get(object.output)?.index ?? -1) : layers.length - 1
  const unit = path[0] === "units"
  return {
    id: path.join("/"), path, name: String(path.at(-1)), unit, inputs, layers, output, list, byName,
    arguments: isDict(object.arguments) ? object.arguments : {},
    outputGiven: object.output !== undefined,
  }
}

/** All networks of a project, units last. */
export function networkPaths(root: Node): Path[] {
  const paths: Path[] = find(root, ["network"]) ? [["network"]] : []
  for (const group of ["networks", "units"]) for (const m of find(root, [group])?.members ?? []) paths.push([group, m.key])
  return paths
}

/** The network of the project that a layer of this type is, if it is one. */
export function networkOfType(root: Node, type: string): Path | undefined {
  return networkPaths(root).find((p) => p.length === 2 && p[1] === type)
}

const OWN = ["type", "name", "inputs", "if", "repeat", "share", "train", "rate", "decay", "options", "editor", "description"]

/** The value of an option, which may stand among the layer's members or in "options". */
export function optionOf(value: Dict, name: string): { value: Value | undefined; path: Path } {
  const inner = isDict(value.options) ? value.options : undefined
  if (inner && name in inner) return { value: inner[name], path: ["options", name] }
  return OWN.includes(name) ? { value: undefined, path: ["options", name] } : { value: value[name], path: [name] }
}

/** Options that are set, in the order of the text. */
export function optionsOf(value: Dict): [string, Value][] {
  const own = Object.entries(value).filter(([k]) => !OWN.includes(k))
  return [...own, ...Object.entries(isDict(value.options) ? value.options : {})]
}
