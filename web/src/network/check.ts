// Asks the server what it makes of the project, a moment after the last change; only the last answer counts.
import { useEffect } from "react"
import { api } from "../lib/api"
import type { Document } from "../lib/document"
import type { Check, Costs, Fault, LayerInfo } from "../lib/types"
import { checkState, type CheckState } from "./state"
import type { Layer, Network } from "./model"

const WAIT_MS = 120

export function useChecks(document: Document) {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>
    let asked: AbortController | undefined
    async function ask() {
      const { text, error } = document.state.get()
      if (error || checkState.get().text === text) return
      asked?.abort()
      const mine = (asked = new AbortController())
      checkState.set((s) => ({ ...s, busy: true }))
      try {
        const check = await api<Check>("/check", { text, signal: mine.signal })
        if (asked === mine) checkState.set({ check, text, busy: false })
      } catch (e) {
        if (!mine.signal.aborted) checkState.set((s) => ({ ...s, busy: false, failed: (e as Error).message }))
      }
    }
    const later = () => {
      clearTimeout(timer)
      timer = setTimeout(ask, WAIT_MS)
    }
    checkState.set({ busy: false })
    void ask()
    const stop = document.state.subscribe(later)
    return () => (stop(), clearTimeout(timer), asked?.abort())
  }, [document])
}

/** Faults of one layer, found by their place in the text. */
export function faultsOf(list: Fault[] | undefined, network: Network, layer: Layer): Fault[] {
  const place = [...network.list, layer.index].join(".")
  return (list ?? []).filter((f) => f.path === place || f.path?.startsWith(place + "."))
}

/** Faults of this network that are of no single layer. */
export function faultsOfNetwork(list: Fault[] | undefined, network: Network): Fault[] {
  const list_ = network.list.join(".")
  const own = network.path.join(".")
  return (list ?? []).filter((f) => (f.path === own || f.path?.startsWith(own + ".")) && !new RegExp(`^\\.\\d`).test((f.path ?? "").slice(list_.length)))
}

function sum(all: LayerInfo[]): Costs {
  const total: Record<string, number> = {}
  for (const l of all) for (const [k, v] of Object.entries(l.costs ?? {})) total[k] = (total[k] ?? 0) + (v ?? 0)
  return total as Costs
}

/** By the layer's name: repetitions are added up, the shape is that of the last one. */
export function infoOf(state: CheckState, checked: string, prefix: string): Map<string, LayerInfo> {
  const found = new Map<string, LayerInfo[]>()
  for (const info of state.check?.networks[checked]?.layers ?? []) {
    if (!info.path.startsWith(prefix) || info.path.indexOf("/", prefix.length) >= 0) continue
    const name = info.name ?? info.path.slice(prefix.length)
    found.set(name, [...(found.get(name) ?? []), info])
  }
  return new Map([...found].map(([name, all]) => [name, all.length === 1 ? all[0]! : { ...all.at(-1)!, costs: sum(all) }]))
}

/** Where a unit is used first, for one that is opened by itself. */
export function firstUse(state: CheckState, unit: string): { checked: string; prefix: string } | undefined {
  for (const [name, network] of Object.entries(state.check?.networks ?? {})) {
    const use = network.layers.find((l) => l.unit && l.type === unit)
    if (use) return { checked: name, prefix: use.path + "/" }
  }
  return undefined
}

export const shapeText = (shape: number[] | null | undefined): string => (shape ? (shape.length ? shape.join(" × ") : "1") : "")
