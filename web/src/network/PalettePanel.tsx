// Blocks to choose from: searched, dragged onto the drawing, or double-clicked.
import { useMemo, useState } from "react"
import { Icon } from "../lib/icons"
import { useParsed } from "../lib/project"
import { find } from "../lib/json"
import { matches } from "../shell/Commander"
import type { LayerType } from "../lib/types"
import { colorOf } from "./blocks"
import { add } from "./commands"
import { DRAG_TYPE } from "./Canvas"
import { LayerHelp } from "./LayerHelp"
import { useEditor } from "./state"
import { categoryName, T } from "./texts"

export interface Item {
  name: string
  group: string
  color: string
  doc: string
  unit: boolean
  type?: LayerType
}

const OFTEN = ["conv2d", "linear", "relu", "max_pool2d", "batch_norm", "dropout", "add", "concat", "flatten", "global_average_pool", "softmax", "tanh"]
const ORDER = ["conv", "linalg", "activation", "pool", "norm", "rnn", "attention", "random", "shape", "math", "reduce", "index", "creation", "loss", "evaluation", "other"]

/** Everything that can be a block here: units of the project first. */
export function useItems(): Item[] {
  const { palette, network } = useEditor()
  const { root } = useParsed()
  return useMemo(() => {
    const t = T()
    const own = ["units", "networks"].flatMap((group) =>
      (find(root, [group])?.members ?? [])
        .filter((m) => m.key !== network.name)
        .map((m): Item => ({ name: m.key, group: group === "units" ? t.units : t.networks, color: colorOf(undefined, true), doc: docOf(m.value.value), unit: true })),
    )
    const topics = (a: LayerType) => (ORDER.indexOf(a.topic) + 1 || 99) * 2 + (a.kind === "link" ? 0 : 1)
    const types = [...palette.layers].sort((a, b) => topics(a) - topics(b))
    return [...own, ...types.map((type): Item => ({ name: type.name, group: categoryName(type.topic), color: colorOf(type.topic), doc: type.doc ?? "", unit: false, type }))]
  }, [palette, root, network.name])
}

function docOf(v: unknown): string {
  return typeof v === "object" && v !== null && "description" in v ? String(v.description) : ""
}

export function searchItems(items: Item[], text: string): Item[] {
  return items
    .map((item) => ({ item, rank: Math.min(...[matches(item.name, text), matches(item.name.replaceAll("_", " "), text)].map((r) => (r < 0 ? 9 : r)), item.doc.toLowerCase().includes(text.toLowerCase()) ? 3 : 9) }))
    .filter((r) => r.rank < 9)
    .sort((a, b) => a.rank - b.rank || Number(b.item.type?.kind === "link") - Number(a.item.type?.kind === "link"))
    .map((r) => r.item)
}

export function PalettePanel() {
  const t = T()
  const items = useItems()
  const [text, setText] = useState("")
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set(["math", "reduce", "index", "creation", "loss", "evaluation", "random", "shape", "other"].map(categoryName)))
  const [help, setHelp] = useState<Item>()
  const groups = useMemo(() => {
    if (text) return [["", searchItems(items, text).slice(0, 60)]] as [string, Item[]][]
    const often = OFTEN.flatMap((n) => items.find((i) => i.name === n && !i.unit) ?? [])
    const all = new Map<string, Item[]>()
    for (const i of items.filter((i) => i.unit)) all.set(i.group, [...(all.get(i.group) ?? []), i])
    all.set(t.common, often)
    for (const i of items.filter((i) => !i.unit)) all.set(i.group, [...(all.get(i.group) ?? []), i])
    return [...all]
  }, [items, text, t])
  const toggle = (group: string) => setClosed((old) => (old.has(group) ? new Set([...old].filter((g) => g !== group)) : new Set([...old, group])))
  return (
    <aside className="palette" aria-label={t.palette}>
      <label className="palette-search">
        <Icon name="search" size={14} />
        <input type="search" aria-label={t.search} placeholder={t.search} value={text} onChange={(e) => setText(e.target.value)} onKeyDown={(e) => e.key === "Enter" && groups[0]?.[1][0] && add(groups[0][1][0].name)} />
      </label>
      <div className="palette-list">
        {groups.map(([group, list]) => (
          <section key={group}>
            {group && (
              <h3>
                <button aria-expanded={!closed.has(group)} onClick={() => toggle(group)}>
                  <Icon name={closed.has(group) ? "chevron" : "down"} size={12} />
                  {group}
                  <span>{list.length}</span>
                </button>
              </h3>
            )}
            {!closed.has(group) &&
              list.map((item) => (
                <div key={item.name} className="palette-row">
                  <button
                    className="palette-item"
                    draggable
                    title={item.doc}
                    style={{ "--cat": item.color } as React.CSSProperties}
                    onDragStart={(e) => {
                      e.dataTransfer.setData(DRAG_TYPE, item.name)
                      e.dataTransfer.effectAllowed = "copy"
                    }}
                    onDoubleClick={() => add(item.name)}
                    onKeyDown={(e) => e.key === "Enter" && (e.preventDefault(), add(item.name))}
                  >
                    <i />
                    <span>{item.name}</span>
                  </button>
                  {item.type && (
                    <button className="icon" aria-label={`${t.help}: ${item.name}`} onClick={() => setHelp(item)}>
                      <Icon name="help" size={14} />
                    </button>
                  )}
                </div>
              ))}
            {text && !list.length && <p className="soft">{t.nothingFound}</p>}
          </section>
        ))}
      </div>
      {help?.type && <LayerHelp type={help.type} onClose={() => setHelp(undefined)} />}
    </aside>
  )
}
