// How the network is trained. Every field has a value that works; what is empty is as the library has it.
import { useState } from "react"
import { Field } from "../lib/field"
import { useParsed, useProject } from "../lib/project"
import { usePalette } from "../lib/queries"
import { useStore } from "../lib/store"
import { find, type Path, type Value } from "../lib/json"
import type { Fault, MemberRow, OptionRow } from "../lib/types"
import { isDict } from "../network/model"
import { checkState } from "../network/state"
import { OptimizerForm } from "./OptimizerForm"
import { isList, setSetting, sweeps } from "./settings"
import { T } from "./texts"

/** Defaults stand in the documentation of a member, in brackets at its end: "examples per step (100)". */
const fallback = (row: MemberRow | undefined): string | undefined => /\(([^()]*)\)$/.exec(row?.doc ?? "")?.[1]

export function faultAt(faults: Fault[] | undefined, path: Path): string | undefined {
  const place = ["training", ...path].join(".")
  return faults?.find((f) => f.path === place)?.what
}

interface LineProps {
  path: Path
  label: string
  type?: OptionRow["type"]
  choices?: string[]
  fallback?: Value
  doc?: string
  sweep?: boolean
}

export function SettingLine({ path, label, type = "integer", choices, fallback, doc, sweep }: LineProps) {
  const project = useProject()
  const { root } = useParsed()
  const { check } = useStore(checkState)
  const store = sweeps(project.name)
  const lists = useStore(store)
  const key = ["training", ...path].join(".")
  const node = find(root, ["training", ...path])
  const list = lists[key]
  const t = T()
  const put = (value: Value | undefined) => {
    const text = Array.isArray(value) ? value.join(", ") : typeof value === "string" ? value : ""
    if (sweep && isList(text)) return store.set((old) => ({ ...old, [key]: text }))
    if (list !== undefined) store.set(({ [key]: _, ...rest }) => rest)
    setSetting(project, path, value)
  }
  const count = list?.split(",").filter((p) => p.trim()).length
  return (
    <>
      <Field
        expressions={false}
        label={label}
        option={{ name: String(path.at(-1)), type, default: fallback, choices: choices && type === "choice" ? choices : undefined, doc: [doc, sweep ? t.sweepHint : ""].filter(Boolean).join("\n") }}
        choices={choices}
        value={list ?? node?.value}
        fault={faultAt(check?.errors, path)}
        onChange={put}
      />
      {count && <span className="sweep">{t.values(count)}</span>}
    </>
  )
}

export function SettingsForm() {
  const { data: palette } = usePalette()
  const project = useProject()
  const { root } = useParsed()
  const t = T()
  const [more, setMore] = useState(false)
  const rows = new Map(palette?.members.training?.map((m) => [m.name, m]))
  const line = (name: string, label: string, extra: Partial<LineProps> = {}) => <SettingLine path={[name]} label={label} doc={rows.get(name)?.doc} fallback={fallback(rows.get(name))} {...extra} />
  const training = find(root, ["training"])?.value
  const given = isDict(training) ? training : {}
  const stopping = given.early_stopping !== undefined && given.early_stopping !== false
  return (
    <div className="settings">
      <section>
        <h3>{t.basics}</h3>
        {line("epochs", t.epochs, { sweep: true })}
        {line("batch", t.batch, { sweep: true })}
        {typeof given.loss !== "object" && line("loss", t.loss, { type: "choice", choices: palette?.losses })}
        <Metrics all={palette?.metrics ?? []} />
      </section>
      <OptimizerForm />
      <details open={more} onToggle={(e) => setMore(e.currentTarget.open)}>
        <summary>{t.more}</summary>
        {line("seed", t.seed, { sweep: true })}
        {line("accumulate", t.accumulate)}
        {line("precision", t.precision, { type: "choice", choices: ["float32", "bfloat16", "float16"], fallback: "float32" })}
        {line("seconds", t.seconds, { type: "number" })}
        {line("limit", t.limit)}
        {line("save_best", t.saveBest, { type: "bool", fallback: true })}
        <Field expressions={false} label={t.earlyStopping} option={{ name: "early_stopping", type: "bool", default: false, doc: rows.get("early_stopping")?.doc }} value={stopping || undefined} onChange={(v) => setSetting(project, ["early_stopping"], v ? true : undefined)} />
        {stopping && (
          <Field
            expressions={false}
            label={t.patience}
            option={{ name: "patience", type: "integer", default: 5 }}
            value={isDict(given.early_stopping) ? given.early_stopping.patience : undefined}
            onChange={(v) => setSetting(project, ["early_stopping"], v === undefined ? true : { ...(isDict(given.early_stopping) ? given.early_stopping : {}), patience: v })}
          />
        )}
      </details>
    </div>
  )
}

function Metrics({ all }: { all: string[] }) {
  const project = useProject()
  const { root } = useParsed()
  const t = T()
  const value = find(root, ["training", "metrics"])?.value
  const list = typeof value === "string" ? [value] : Array.isArray(value) ? value : []
  const name = (m: Value) => (typeof m === "string" ? m : isDict(m) ? String(m.name ?? m.type) : "?")
  const put = (next: Value[]) => setSetting(project, ["metrics"], next.length ? next : undefined)
  return (
    <div className="option">
      <span className="soft">{t.metrics}</span>
      <div className="chips">
        {list.map((m, i) => (
          <button key={i} className="chip" title={t.remove} onClick={() => put(list.filter((_, k) => k !== i))}>
            {name(m)} ×
          </button>
        ))}
        <select aria-label={`${t.metrics}: ${t.add}`} value="" onChange={(e) => put([...list, e.target.value])}>
          <option value="">{t.add}</option>
          {all.filter((m) => !list.map(name).includes(m)).map((m) => (
            <option key={m}>{m}</option>
          ))}
        </select>
      </div>
    </div>
  )
}
