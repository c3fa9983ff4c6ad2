// Ways from one network to another; the address tells which one is open, and inside of which block.
import { go, link } from "../lib/router"
import { find, type Node } from "../lib/json"
import { networkOfType, readNetwork, type Network } from "./model"
import { firstUse } from "./check"
import { checkState, editorNow, select, type CheckState } from "./state"

export function networkAddress(project: string, id: string, outer?: string, inside?: string): string {
  return link(project, "network", ...id.split("/")) + (outer && inside ? `?in=${encodeURIComponent(`${outer}:${inside}`)}` : "")
}

/** Opens the network that a block is an instance of. */
export function openLayer(name: string) {
  const editor = editorNow.get()
  const layer = editor?.network.byName.get(name)
  const path = layer && networkOfType(editor!.document.state.get().root, layer.type)
  if (!editor || !path) return
  const infos = checkState.get().check?.networks[editor.checked]?.layers ?? []
  const info = infos.find((l) => l.name === name && l.path.startsWith(editor.prefix) && !l.path.slice(editor.prefix.length).includes("/"))
  select()
  go(networkAddress(editor.project, path.join("/"), editor.outer, info?.path ?? editor.prefix + name))
}

/** To the network that the open one is used in. */
export function leave() {
  const editor = editorNow.get()
  const crumb = editor?.crumbs.at(-2)
  if (!editor || !crumb) return
  go(crumb.address)
  select(editor.crumbs.at(-1)!.layer ?? "")
}

export interface Crumb {
  label: string
  /** The block in the network before. */
  layer?: string
  address: string
}

export interface Place {
  network: Network
  outer: string
  checked: string
  prefix: string
  crumbs: Crumb[]
}

/** What an address shows: a network by itself, or a unit inside of a block. */
export function placeOf(project: string, root: Node, id: string, inside: string | null, checks: CheckState): Place | undefined {
  const network = readNetwork(root, id.split("/"))
  if (!network) return undefined
  const own: Crumb = { label: network.name, address: networkAddress(project, id) }
  const [outer, path] = inside ? [inside.slice(0, inside.indexOf(":")), inside.slice(inside.indexOf(":") + 1)] : []
  const crumbs = outer && path && find(root, outer.split("/")) ? crumbsOf(project, root, outer, path) : undefined
  if (crumbs) return { network, outer: outer!, checked: outer!.split("/").at(-1)!, prefix: path + "/", crumbs }
  const use = network.unit ? firstUse(checks, network.name) : undefined
  return { network, outer: id, checked: use?.checked ?? network.name, prefix: use?.prefix ?? "", crumbs: [own] }
}

function crumbsOf(project: string, root: Node, outer: string, path: string): Crumb[] | undefined {
  const crumbs: Crumb[] = [{ label: outer.split("/").at(-1)!, address: networkAddress(project, outer) }]
  let at = readNetwork(root, outer.split("/"))
  const steps = path.split("/")
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!
    const layer = at?.byName.get(step) ?? at?.byName.get(step.replace(/_\d+$/, ""))
    const next = layer && networkOfType(root, layer.type)
    if (!next) return undefined
    crumbs.push({ label: step, layer: layer.name, address: networkAddress(project, next.join("/"), outer, steps.slice(0, i + 1).join("/")) })
    at = readNetwork(root, next)
  }
  return crumbs
}
