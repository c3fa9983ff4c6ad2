// What a block shows, put together from the text, the palette and the last check.
import type { Fault, LayerInfo, LayerType } from "../lib/types"
import { valueText } from "../lib/json"
import type { Layer } from "./model"
import { optionsOf } from "./model"

export const WIDTH = 168
export const HEIGHT = 68
export const PILL = { width: 120, height: 28 }

const COLORS: Record<string, string> = {
  conv: "conv", linalg: "linalg", norm: "norm", activation: "activation", pool: "pool", shape: "shape", index: "shape", creation: "random",
  math: "math", reduce: "math", rnn: "rnn", attention: "attention", random: "random", loss: "loss", evaluation: "loss",
}

export const colorOf = (topic: string | undefined, unit = false) => `var(--cat-${unit ? "unit" : (COLORS[topic ?? ""] ?? "shape")})`

/** Links with parameters come first where names are alike; dropout is no convolution. */
export const topicOf = (t: LayerType | undefined) => t?.topic ?? "other"

/** The one or two options that matter: the needed ones, then those that are set. */
export function summary(layer: Layer, type: LayerType | undefined): string {
  const needed = new Set(type?.options.filter((o) => o.required).map((o) => o.name))
  const set = optionsOf(layer.value)
  const order = [...set.filter(([k]) => needed.has(k)), ...set.filter(([k]) => !needed.has(k))]
  return order.slice(0, 3).map(([k, v]) => (v === true ? k : `${k} ${valueText(v)}`)).join(" · ")
}

export interface Port {
  id: string
  name: string
  optional: boolean
}

/** Places for connections: those of the type, those that are there, and a free one behind a list. */
export function portsOf(layer: Layer, type: LayerType | undefined, unitInputs: string[] | undefined): Port[] {
  const declared = unitInputs ? unitInputs.map((name) => ({ name, optional: false, list: false })) : (type?.inputs ?? [{ name: "x" }])
  const list = declared.some((d) => d.list)
  const needed = declared.filter((d) => !d.optional).length
  const count = Math.max(list ? layer.inputs.length + 1 : needed, layer.inputs.length, declared.length ? (list ? 2 : 0) : 0)
  return Array.from({ length: count }, (_, i) => {
    const d = declared[Math.min(i, declared.length - 1)]
    return { id: String(i), name: d ? (list ? `${d.name} ${i + 1}` : (declared[i]?.name ?? "?")) : "?", optional: list && i >= layer.inputs.length }
  })
}

export interface BlockData extends Record<string, unknown> {
  name: string
  type: string
  color: string
  unit: boolean
  made: boolean
  summary: string
  shape: string
  unknown: boolean
  ports: Port[]
  faults: Fault[]
  warnings: Fault[]
  badges: string[]
  /** 0…1 of the largest in this network; undefined without bars. */
  share?: number
  shareText?: string
}

export function badgesOf(layer: Layer): string[] {
  const v = layer.value
  const badges: string[] = []
  if (v.repeat !== undefined) badges.push(`×${valueText(v.repeat).replace(/^=/, "")}`)
  if (v.if !== undefined) badges.push("if")
  if (v.share !== undefined) badges.push("⚭")
  if (v.train === false) badges.push("❄")
  return badges
}

export const costOf = (info: LayerInfo | undefined, cost: string | undefined): number | undefined => (cost ? (info?.costs as Record<string, number> | undefined)?.[cost] : undefined)
