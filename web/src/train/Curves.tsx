// Curves of the chosen runs: each metric has its colour everywhere, each run its dash or, where only one metric is shown, a colour.
import { useMemo } from "react"
import { Chart, smooth, type Curve } from "../lib/chart"
import { createKept, useStore } from "../lib/store"
import type { Run } from "../lib/types"
import { Button, Empty } from "../lib/ui"
import { Icon } from "../lib/icons"
import { setQuery, useAddress } from "../lib/router"
import { useLivePoints, useMetrics, type Zoom } from "./live"
import { T } from "./texts"

const hidden = createKept<string[]>("rensa.curves.hidden", ["rate", "examples_per_second", "memory", "process_memory", "processors"])
const logarithmic = createKept("rensa.curves.log", false)
const smoothing = createKept("rensa.curves.smoothing", 0)

/** They tell when, not how well. */
const CLOCKS = ["epoch", "seconds"]
const KNOWN = ["train_loss", "test_loss", "train_accuracy", "test_accuracy", "rate", "valid_loss", "valid_accuracy"]
/** The same metric has the same colour on every page. */
export function metricColor(name: string): string {
  const at = KNOWN.indexOf(name)
  let hash = 0
  for (const c of name) hash = (hash * 31 + c.charCodeAt(0)) >>> 0
  return `var(--series-${(at >= 0 ? at : hash % 8) % 8 + 1})`
}

export const isShare = (name: string) => /accuracy|precision|recall|f1|top\d/.test(name)

export function Curves({ runs }: { runs: Run[] }) {
  const { query } = useAddress()
  const t = T()
  const off = useStore(hidden)
  const log = useStore(logarithmic)
  const weight = useStore(smoothing)
  useLivePoints()
  const range = query.get("steps")?.split("-").map(Number)
  const zoom: Zoom | undefined = range?.length === 2 && range.every(Number.isFinite) ? { from: range[0]!, to: range[1]! } : undefined
  const ids = runs.map((r) => r.id)
  const metrics = useMetrics(ids, zoom)
  const names = useMemo(() => [...new Set([...metrics.values()].flatMap((s) => Object.keys(s)))].filter((n) => !CLOCKS.includes(n)).sort(), [metrics])
  const shown = names.filter((n) => !off.includes(n))
  const one = (list: string[]) =>
    runs.flatMap((run, i) =>
      list.flatMap((name): Curve[] => {
        const points = metrics.get(run.id)?.[name]
        if (!points?.length) return []
        const alone = list.length === 1 && runs.length > 1
        const label = runs.length < 2 ? name : alone ? run.id : `${name} ${run.id.slice(7) || run.id}`
        return [{ name: label, color: alone ? `var(--series-${(i % 8) + 1})` : metricColor(name), dash: !alone && i > 0, points: smooth(points, weight) }]
      }),
    )
  const losses = shown.filter((n) => !isShare(n))
  const shares = shown.filter(isShare)
  const panels = [losses, shares].filter((l) => l.length)
  const onZoom = (from?: number, to?: number) => setQuery({ steps: from === undefined || to === undefined ? undefined : `${Math.floor(from)}-${Math.ceil(to)}` })
  const toggle = (name: string) => hidden.set(off.includes(name) ? off.filter((n) => n !== name) : [...off, name])
  const built = useMemo(() => panels.map(one), [metrics, off, weight, runs.map((r) => r.id).join()])

  if (!runs.length) return <Empty title={t.choose} text="" picture={<Icon name="train" size={56} />} />
  return (
    <section className="curves" aria-label={t.curves}>
      <div className="curves-tools">
        <div className="chips" role="group" aria-label={t.metric}>
          {names.map((n) => (
            <button key={n} className="chip" aria-pressed={!off.includes(n)} onClick={() => toggle(n)}>
              <i className="swatch" style={{ background: metricColor(n) }} />
              {n}
            </button>
          ))}
        </div>
        <span className="grow" />
        {zoom && <Button label={t.reset} icon="fit" onClick={() => onZoom()} />}
        <label className="check">
          <input type="checkbox" checked={log} onChange={(e) => logarithmic.set(e.target.checked)} />
          {t.log}
        </label>
        <label className="check">
          {t.smoothing}
          <input type="range" min={0} max={0.98} step={0.02} value={weight} onChange={(e) => smoothing.set(Number(e.target.value))} />
        </label>
      </div>
      <div className="curves-panels" style={{ gridTemplateColumns: `repeat(${Math.max(1, panels.length)}, minmax(0, 1fr))` }}>
        {panels.map((list, i) => (
          <Chart key={list === losses ? "loss" : "share"} label={list.join(", ")} curves={built[i] ?? []} log={log && list === losses} xLabel={t.steps} onZoom={onZoom} />
        ))}
        {!panels.length && <p className="busy">{t.noPoints}</p>}
      </div>
    </section>
  )
}
