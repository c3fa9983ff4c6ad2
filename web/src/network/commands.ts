// What the keys, menus and the mouse do to the network: each is one step of history.
import { say } from "../lib/toast"
import { find, parse, print, set, type Path, type Value } from "../lib/json"
import { go } from "../lib/router"
import { addLayer, connect, disconnect, editNetwork, movePlaces, removeLayers, setLayer, setOutput, type Where } from "./edit"
import type { Point } from "./layout"
import { isDict, networkOfType, networkPaths, readNetwork } from "./model"
import { networkAddress } from "./open"
import { copyLayers, makeUnit, pasteLayers, UnitProblem } from "./parts"
import { editorNow, revealing, select, selection } from "./state"
import { T } from "./texts"

/** What is open, as the text is at this moment. */
const now = () => {
  const editor = editorNow.get()!
  const { text, root } = editor.document.state.get()
  return { editor, text, root, network: readNetwork(root, editor.network.path) ?? editor.network, change: editor.document.change }
}
const locked = () => !editorNow.get() || editorNow.get()!.document.state.get().error !== undefined
/** The blocks that are chosen, in the order of the network. */
export const chosen = () => (editorNow.get() ? now().network.layers.filter((l) => selection.get().has(l.name)).map((l) => l.name) : [])

/** Options that must be given, with something to begin with: the smallest that is allowed, but no fewer than what makes sense. */
function beginning(type: string): { [key: string]: Value } {
  const { editor, root } = now()
  const unit = networkOfType(root, type)
  const value: { [key: string]: Value } = { type }
  if (unit) return value
  for (const o of editor.types.get(type)?.options ?? []) if (o.required) value[o.name] = START[o.name] ?? Math.max(o.min ?? 1, 1)
  return value
}

/** Sizes that a new block begins with; only a start, to be changed. */
const START: Record<string, number> = { out: 16, kernel: 3, features: 16 }

export function add(type: string, where?: Where) {
  if (locked()) return
  const { editor, network, text, change } = now()
  const at = chosen()
  const after = at.at(-1) ?? network.layers[network.output]?.name ?? network.inputs[0]
  const isSource = editor.types.get(type)?.inputs.length === 0
  const done = addLayer(text, network.path, beginning(type), where ?? { after }, isSource)
  change(T().addBlock, done.text)
  select(done.name)
  revealing.set(done.name)
}

export function remove() {
  const gone = chosen()
  if (locked() || !gone.length) return
  const { network, text, change } = now()
  const first = network.byName.get(gone[0]!)!
  const next = first.inputs.find((n) => network.byName.has(n) && !gone.includes(n))
  change(T().remove, removeLayers(text, network.path, gone))
  select(...(next ? [next] : []))
}

export function wire(from: string, to: string, port: number) {
  if (locked() || from === to) return
  const { network, text, change } = now()
  change(T().connect, to === "" ? setOutput(text, network.path, from) : connect(text, network.path, from, to, port))
}

export function unwire(to: string, port: number) {
  if (locked()) return
  const { network, text, change } = now()
  change(T().disconnect, disconnect(text, network.path, to, port))
}

export function move(places: ReadonlyMap<string, Point>) {
  if (locked() || !places.size) return
  const { network, text, change } = now()
  change(T().move, movePlaces(text, network.path, new Map(places)))
}

/** Gives the chosen blocks, or all, back to the layout. */
export function arrange() {
  if (locked()) return
  const { network, text, change } = now()
  const some = chosen()
  const names = (some.length > 1 ? network.layers.filter((l) => some.includes(l.name)) : network.layers).filter((l) => l.place).map((l) => l.name)
  if (!names.length) return
  change(T().arrange, movePlaces(text, network.path, new Map(names.map((n) => [n, undefined]))))
  say(T().arranged, { undo: undo })
}

export function setOption(layer: string, changes: [Path, Value | undefined][], merge?: string) {
  if (locked()) return
  const { network, text, change } = now()
  change(T().options, setLayer(text, network.path, layer, changes), merge && `${network.id}/${network.byName.get(layer)?.index}/${merge}`)
}

export function rename(layer: string, name: string | undefined) {
  if (locked()) return
  const { network, text, change } = now()
  const index = network.byName.get(layer)?.index
  if (index === undefined || name === layer) return
  change(T().rename, setLayer(text, network.path, layer, [[["name"], name]]), `${network.id}/${index}/name`)
  select(now().network.layers[index]?.name ?? "")
}

/** The chosen blocks as text for the clipboard; undefined if there are none. */
export function copied(): string | undefined {
  const names = chosen()
  if (!names.length) return undefined
  const { network, text } = now()
  say(T().copied(names.length))
  return copyLayers(text, network, names)
}

export function pasteText(clip: string) {
  if (locked()) return
  const { network, text, change } = now()
  const done = pasteLayers(text, network.path, clip)
  if (!done) return say(T().notABlock, { bad: true })
  change(T().paste, done.text)
  select(...done.names)
}

export function duplicate() {
  const names = chosen()
  if (locked() || !names.length) return
  const { network, text } = now()
  pasteText(copyLayers(text, network, names))
}

export function unitize(name: string) {
  if (locked()) return
  const { network, text, change } = now()
  try {
    const done = makeUnit(text, network.path, chosen(), name)
    change(T().makeUnit, done.text)
    select(done.name)
    say(T().made(name), { undo })
  } catch (error) {
    if (!(error instanceof UnitProblem)) throw error
    say(T().oneResult, { bad: true })
  }
}

/** Another type; options that it does not know go. */
export function replace(layer: string, type: string) {
  if (locked()) return
  const { editor, network, text, change, root } = now()
  const known = networkOfType(root, type) ? undefined : new Set(editor.types.get(type)?.options.map((o) => o.name))
  const own = ["type", "name", "inputs", "if", "repeat", "share", "train", "rate", "decay", "editor", "description"]
  const next = editNetwork(text, network.path, (draft) => {
    const l = draft.layers[network.byName.get(layer)!.index]!
    const value = l.value
    l.set(["type"], type)
    if (isDict(value) && known) for (const k of Object.keys(value)) if (!own.includes(k) && !known.has(k)) l.set([k], undefined)
    const now_ = l.value
    for (const [k, v] of Object.entries(beginning(type))) if (isDict(now_) && now_[k] === undefined) l.set([k], v)
  })
  const index = network.byName.get(layer)!.index
  change(T().replace, next)
  select(now().network.layers[index]?.name ?? "")
}

export function setProject(label: string, path: Path, value: Value | undefined, merge?: string) {
  if (locked()) return
  const { text, change } = now()
  change(label, set(text, path, value), merge)
}

export const undo = () => void editorNow.get()?.document.undo()
export const redo = () => void editorNow.get()?.document.redo()

/** Another name for the open network or unit; layers of its type follow. */
export function renameNetwork(name: string) {
  if (locked()) return
  const { editor, network, text, change, root } = now()
  if (network.path.length < 2) return
  const [group, old] = network.path as [string, string]
  let next = text
  for (const path of networkPaths(root))
    next = editNetwork(next, path, (draft) => {
      for (const l of draft.layers) if (l.type === old) typeof l.value === "string" ? (l.text = print(name)) : l.set(["type"], name)
    })
  const member = find(parse(next), [group])!.members!.find((m) => m.key === old)!
  next = next.slice(0, member.start) + JSON.stringify(name) + next.slice(next.indexOf(":", member.start + JSON.stringify(old).length))
  change(T().rename, next)
  go(networkAddress(editor.project, `${group}/${name}`), { replace: true })
}

export function removeNetwork() {
  if (locked()) return
  const { editor, network, text, change } = now()
  change(T().deleteNetwork, set(text, network.path, undefined))
  say(T().deleteNetwork, { undo })
  go(networkAddress(editor.project, "network"), { replace: true })
}
