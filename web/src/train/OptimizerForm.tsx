// The optimizer with its options, the schedule of its rate with a plot, and what is done to gradients.
import { useQuery } from "@tanstack/react-query"
import { api } from "../lib/api"
import { Chart } from "../lib/chart"
import { find, type Path, type Value } from "../lib/json"
import { useParsed, useProject } from "../lib/project"
import { usePalette } from "../lib/queries"
import type { Points } from "../lib/types"
import { isDict } from "../network/model"
import { SettingLine } from "./SettingsForm"
import { setSetting } from "./settings"
import { T } from "./texts"

/** What belongs to which schedule, as docs/project.md lists it; the server says what is wrong. */
const SCHEDULES: Record<string, string[]> = {
  step: ["every", "gamma"], multistep: ["at", "gamma"], exponential: ["gamma"], polynomial: ["until", "power", "end"], inverse: ["gamma", "power"],
  cosine: ["until", "end", "every", "grow"], warmup: ["until", "start"],
}

const typeOf = (v: Value | undefined): string | undefined => (typeof v === "string" ? v : isDict(v) && typeof v.type === "string" ? v.type : undefined)

export function OptimizerForm() {
  const { data: palette } = usePalette()
  const project = useProject()
  const { root } = useParsed()
  const t = T()
  const several = find(root, ["training", "optimizers"])?.items
  const bases: Path[] = several ? several.map((_, i): Path => ["optimizers", i]) : [["optimizer"]]
  return (
    <>
      {bases.map((base) => {
        const value = find(root, ["training", ...base])?.value
        const name = typeOf(value) ?? "adam"
        const type = palette?.optimizers.find((o) => o.name === name)
        const label = isDict(value) && typeof value.name === "string" ? `${t.optimizer}: ${value.name}` : t.optimizer
        const change = (next: string) => setSetting(project, base, isDict(value) ? keepKnown({ ...value, type: next }, palette?.optimizers.find((o) => o.name === next)?.options.map((o) => o.name) ?? []) : next)
        return (
          <section key={base.join("/")}>
            <h3>{label}</h3>
            <div className="option">
              <label htmlFor={base.join("-")}>{t.optimizer}</label>
              <select id={base.join("-")} value={name} title={type?.doc} onChange={(e) => change(e.target.value)}>
                {palette?.optimizers.map((o) => (
                  <option key={o.name}>{o.name}</option>
                ))}
              </select>
            </div>
            <SettingLine path={[...base, "rate"]} label={t.rate} type="number" fallback={type?.options.find((o) => o.name === type.rate)?.default ?? undefined} doc={type?.formula} sweep />
            {type?.options
              .filter((o) => o.name !== type.rate && o.name !== "rate")
              .map((o) => <SettingLine key={o.name} path={[...base, o.name]} label={o.name} type={o.type} fallback={o.default} doc={o.doc} sweep={o.type === "number"} />)}
            <Schedule base={[...base, "schedule"]} rate={isDict(value) && typeof value.rate === "number" ? value.rate : Number(type?.options.find((o) => o.name === type.rate)?.default ?? 0.001)} />
            <Hooks base={[...base, "hooks"]} />
          </section>
        )
      })}
    </>
  )
}

const COMMON = ["type", "rate", "schedule", "hooks", "parameters", "network", "loss", "target", "name", "every", "metrics", "description", "editor"]
const keepKnown = (value: { [key: string]: Value }, known: string[]) => Object.fromEntries(Object.entries(value).filter(([k]) => COMMON.includes(k) || known.includes(k)))

function Schedule({ base, rate }: { base: Path; rate: number }) {
  const { data: palette } = usePalette()
  const project = useProject()
  const { root } = useParsed()
  const t = T()
  const value = find(root, ["training", ...base])?.value
  const name = typeOf(value)
  const id = base.join("-")
  const epochs = Number(find(root, ["training", "epochs"])?.value ?? 10)
  return (
    <>
      <div className="option">
        <label htmlFor={id}>{t.schedule}</label>
        <select id={id} value={name ?? ""} onChange={(e) => setSetting(project, base, e.target.value === "" ? undefined : START[e.target.value] ?? e.target.value)}>
          <option value="">{t.none}</option>
          {palette?.schedules.map((s) => (
            <option key={s}>{s}</option>
          ))}
        </select>
      </div>
      {name &&
        (SCHEDULES[name] ?? []).map((m) => <SettingLine key={m} path={[...base, m]} label={m} type="number" />)}
      {name && value !== undefined && <RatePlot schedule={value} rate={rate} epochs={Number.isFinite(epochs) ? epochs : 10} />}
    </>
  )
}

/** Schedules that say nothing without numbers begin with these. */
const START: Record<string, Value> = {
  step: { type: "step", every: 5, gamma: 0.5, unit: "epoch" },
  multistep: { type: "multistep", at: [5, 8], gamma: 0.1, unit: "epoch" },
  exponential: { type: "exponential", gamma: 0.9, unit: "epoch" },
  inverse: { type: "inverse", gamma: 0.001, power: 0.75 },
  warmup: { type: "warmup", until: 100, then: "cosine" },
}

function RatePlot({ schedule, rate, epochs }: { schedule: Value; rate: number; epochs: number }) {
  const t = T()
  const { data, error } = useQuery({
    queryKey: ["schedule", schedule, rate, epochs],
    queryFn: () => api<{ points: Points }>("/schedule", { body: { schedule, rate, epochs, points: 200 } }),
    placeholderData: (old) => old,
    retry: false,
  })
  if (error) return <span className="wrong">{error.message}</span>
  return <div className="rate-plot">{data && <Chart small label={t.ratePlot} xLabel={t.steps} curves={[{ name: t.rate, color: "var(--series-1)", points: data.points }]} />}</div>
}

function Hooks({ base }: { base: Path }) {
  const { data: palette } = usePalette()
  const project = useProject()
  const { root } = useParsed()
  const t = T()
  const value = find(root, ["training", ...base])?.value
  const list = Array.isArray(value) ? value : []
  const put = (next: Value[]) => setSetting(project, base, next.length ? next : undefined)
  const numbers = (name: string | undefined) => palette?.hooks.find((h) => h.name === name)?.numbers?.split(/[ ,]+/).filter(Boolean) ?? []
  return (
    <>
      {list.map((h, i) => (
        <div key={i} className="hook">
          <div className="option">
            <span>{typeOf(h)}</span>
            <button className="link" onClick={() => put(list.filter((_, k) => k !== i))}>
              {t.remove}
            </button>
          </div>
          {numbers(typeOf(h)).map((n) => (
            <SettingLine key={n} path={[...base, i, n]} label={n} type="number" sweep />
          ))}
        </div>
      ))}
      <div className="option">
        <span className="soft">{t.hooks}</span>
        <select aria-label={`${t.hooks}: ${t.add}`} value="" onChange={(e) => put([...list, { type: e.target.value, ...(BEGIN[e.target.value] ?? {}) }])}>
          <option value="">{t.add}</option>
          {palette?.hooks.map((h) => (
            <option key={h.name}>{h.name}</option>
          ))}
        </select>
      </div>
    </>
  )
}

const BEGIN: Record<string, { [key: string]: Value }> = { weight_decay: { rate: 0.0001 }, lasso: { rate: 0.0001 }, clip_norm: { threshold: 5 }, clip_value: { low: -1, high: 1 } }
