// From the network to what React Flow draws: blocks, pills, wires, and their places.
import type { Edge, Node } from "@xyflow/react"
import { useEffect, useMemo, useRef, useState } from "react"
import { bytes, duration, short } from "../lib/format"
import { useParsed } from "../lib/project"
import { useStore } from "../lib/store"
import type { LayerInfo } from "../lib/types"
import { badgesOf, colorOf, costOf, HEIGHT, PILL, portsOf, summary, topicOf, WIDTH, type BlockData } from "./blocks"
import { faultsOf, infoOf, shapeText } from "./check"
import { createLayouter, type LayoutAnswer, type Layouter, type Point } from "./layout"
import { networkOfType, readNetwork, type Network } from "./model"
import { checkState, shownCost, useEditor, type Editor } from "./state"
import { T } from "./texts"
import type { WireEdge } from "./Wire"

export const inputId = (name: string) => `in/${name}`
export const OUTPUT_ID = "out/"
export const isPill = (id: string) => id.startsWith("in/") || id === OUTPUT_ID
export const nameOfId = (id: string) => (id.startsWith("in/") ? id.slice(3) : id)

export const costText = (cost: string, n: number) => (cost === "bytes" ? bytes(n) : cost === "seconds" ? (n < 1 ? `${short(n * 1e6)} µs` : duration(n)) : short(n))

function connections(network: Network): { id: string; from: string; to: string; port: number }[] {
  const all = network.layers.flatMap((l) =>
    l.inputs.map((name, port) => ({ id: `${l.name}:${port}`, from: network.byName.has(name) ? name : inputId(name), to: l.name, port })),
  )
  const known = all.filter((c) => !c.from.startsWith("in/") || network.inputs.includes(c.from.slice(3)))
  const last = network.layers[network.output]
  return last ? [...known, { id: "out:0", from: last.name, to: OUTPUT_ID, port: 0 }] : known
}

/** Places of all blocks: by hand where the text says so, else as laid out. */
function useLayout(network: Network): LayoutAnswer | undefined {
  const [answer, setAnswer] = useState<LayoutAnswer>()
  const layouter = useRef<Layouter>(undefined)
  const wires = useMemo(() => connections(network), [network])
  const shape = wires.map((w) => `${w.from}>${w.to}`).join("|") + network.layers.map((l) => l.name).join("|") + network.inputs.join("|")
  useEffect(() => {
    const mine = (layouter.current = createLayouter(setAnswer))
    return () => mine.close()
  }, [])
  useEffect(() => {
    const pills = [...network.inputs.map(inputId), OUTPUT_ID].map((id) => ({ id, ...PILL }))
    const blocks = network.layers.map((l) => ({ id: l.name, width: WIDTH, height: HEIGHT }))
    layouter.current?.ask({ nodes: [...pills, ...blocks], edges: wires.map((w) => ({ id: w.id, from: w.from, to: w.to, weight: w.port === 0 ? 2 : 1 })) })
  }, [shape])
  return answer
}

function blockData(editor: Editor, network: Network, infos: Map<string, LayerInfo>, cost: string | undefined, root: Parameters<typeof readNetwork>[0]): BlockData[] {
  const state = checkState.get()
  const values = network.layers.map((l) => costOf(infos.get(l.name), cost))
  const most = Math.max(0, ...values.map((v) => v ?? 0))
  return network.layers.map((layer, i) => {
    const unitPath = networkOfType(root, layer.type)
    const type = unitPath ? undefined : editor.types.get(layer.type)
    const info = infos.get(layer.name)
    const value = values[i]
    return {
      name: layer.name,
      type: layer.type || "?",
      made: layer.made,
      color: colorOf(topicOf(type), !!unitPath),
      unit: !!unitPath,
      summary: summary(layer, type),
      shape: info?.known === false ? "" : shapeText(info?.shape),
      unknown: !info?.shape,
      ports: portsOf(layer, type, unitPath && (readNetwork(root, unitPath)?.inputs ?? ["x"])),
      faults: faultsOf(state.check?.errors, network, layer),
      warnings: faultsOf(state.check?.warnings, network, layer),
      badges: badgesOf(layer),
      share: cost && value !== undefined ? (most > 0 ? value / most : 0) : undefined,
      shareText: cost && value ? costText(cost, value) : undefined,
    }
  })
}

const label = (d: BlockData) => {
  const t = T()
  return t.describe(d.name, d.type, d.shape || t.noShape, d.faults.map((f) => `, ${f.what}`).join(""))
}

/** Keeps objects that have not changed, so that only blocks that did are drawn anew. */
function useStable<V extends { id: string }>(list: V[]): V[] {
  const old = useRef(new Map<string, { key: string; value: V }>())
  return useMemo(() => {
    const next = new Map<string, { key: string; value: V }>()
    const out = list.map((value) => {
      const key = JSON.stringify(value)
      const before = old.current.get(value.id)
      const entry = before?.key === key ? before : { key, value }
      next.set(value.id, entry)
      return entry.value
    })
    old.current = next
    return out
  }, [list])
}

export interface Drawing {
  nodes: Node[]
  edges: Edge[]
  ready: boolean
}

export function useDrawing(moving: ReadonlyMap<string, Point>): Drawing {
  const editor = useEditor()
  const { network } = editor
  const { root } = useParsed()
  const checks = useStore(checkState)
  const cost = useStore(shownCost)
  const layout = useLayout(network)
  const data = useMemo(() => {
    const infos = infoOf(checks, editor.checked, editor.prefix)
    return blockData(editor, network, infos, cost, root)
  }, [editor, network, checks, cost, root])

  const placed = useMemo(() => {
    const first = layout?.places[network.inputs[0] === undefined ? OUTPUT_ID : inputId(network.inputs[0])]
    const shift = first ? { x: -first.x - PILL.width / 2, y: -first.y } : { x: 0, y: 0 }
    const auto = (id: string): Point | undefined => {
      const p = layout?.places[id]
      return p && { x: p.x + shift.x, y: p.y + shift.y }
    }
    const places = new Map<string, Point>()
    let last: Point = { x: 0, y: 0 }
    for (const l of network.layers) {
      const p = l.place ?? auto(l.name) ?? { x: last.x, y: last.y + HEIGHT + 32 }
      places.set(l.name, p)
      last = p
    }
    for (const name of network.inputs) places.set(inputId(name), auto(inputId(name)) ?? { x: -PILL.width / 2, y: 0 })
    const out = network.layers[network.output]
    const under = out?.place
    places.set(OUTPUT_ID, under ? { x: under.x + (WIDTH - PILL.width) / 2, y: under.y + HEIGHT + 32 } : (auto(OUTPUT_ID) ?? { x: last.x, y: last.y + HEIGHT + 32 }))
    return { places, shift }
  }, [layout, network])

  const nodes = useMemo(() => {
    const info = checks.check?.networks[editor.checked]
    const pill = (id: string, kind: "in" | "out", text: string, shape: string): Node => ({
      id, type: "pill", position: placed.places.get(id)!, data: { label: text, shape, kind }, draggable: false, deletable: false, ...PILL, ariaLabel: `${text} ${shape}`,
    })
    const inputs = network.inputs.map((name) => pill(inputId(name), "in", name, editor.prefix ? "" : shapeText(info?.inputs?.find((i) => i.name === name)?.shape)))
    const blocks = network.layers.map((l, i): Node => ({
      id: l.name, type: "block", position: placed.places.get(l.name)!, data: data[i]!, width: WIDTH, height: HEIGHT, ariaLabel: label(data[i]!),
    }))
    return network.layers.length ? [...inputs, ...blocks, pill(OUTPUT_ID, "out", T().output, "")] : []
  }, [placed, data, network, checks, editor])

  const edges = useMemo(() => {
    const moved = (id: string) => network.byName.get(id)?.place !== undefined
    const counts = new Map(data.map((d) => [d.name, d.ports.length]))
    return connections(network).map((c): WireEdge => {
      const raw = layout?.routes[c.id]
      const usable = raw && raw.length > 1 && !moved(c.from) && !moved(c.to)
      const at = (id: string) => placed.places.get(id)!
      const size = (id: string) => (isPill(id) ? PILL : { width: WIDTH, height: HEIGHT })
      const ports = isPill(c.to) ? 1 : (counts.get(c.to) ?? 1)
      return {
        id: c.id, source: c.from, sourceHandle: "y", target: c.to, targetHandle: String(c.port), type: "wire", ariaLabel: `${nameOfId(c.from)} → ${c.to}`, deletable: c.to !== OUTPUT_ID,
        data: usable
          ? {
              route: raw.map((p) => ({ x: p.x + placed.shift.x, y: p.y + placed.shift.y })),
              from: { x: at(c.from).x + size(c.from).width / 2, y: at(c.from).y + size(c.from).height },
              shift: (c.port - (ports - 1) / 2) * 6,
              to: { x: at(c.to).x + (size(c.to).width * (c.port + 1)) / (ports + 1), y: at(c.to).y },
            }
          : {},
      }
    })
  }, [layout, network, placed, data])

  const stable = useStable(nodes)
  const shown = useMemo(() => (moving.size ? stable.map((n) => (moving.has(n.id) ? { ...n, position: moving.get(n.id)! } : n)) : stable), [stable, moving])
  return { nodes: shown, edges: useStable(edges), ready: !!layout }
}
