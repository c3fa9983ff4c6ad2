// One option: by its kind a check box, a choice or a line of text; anything may be an expression instead.
import { useEffect, useId, useState } from "react"
import { valueText, type Value } from "./json"
import { texts } from "./texts"
import type { OptionRow } from "./types"

const T = texts(
  { yes: "yes", no: "no", expression: "Write an expression", plain: "Write a value", required: "needed" },
  { yes: "はい", no: "いいえ", expression: "式で書く", plain: "値で書く", required: "必須" },
)

/** What is typed as a value: numbers, lists, expressions; else text, about which the server has its say. */
export function readValue(text: string, type: OptionRow["type"] | "any"): Value | undefined {
  const s = text.trim()
  if (s === "") return undefined
  if (s.startsWith("=") || type === "text" || type === "initialiser" || type === "choice" || type === "dtype") return s
  if (s === "true" || s === "false") return s === "true"
  if (/^[[(]?\s*[^,]+(,[^,]*)*[\])]?$/.test(s) && (s.includes(",") || s.startsWith("["))) {
    const parts = s.replace(/^[[(]|[\])]$/g, "").split(",").map((p) => p.trim()).filter(Boolean)
    if (parts.every((p) => p !== "" && Number.isFinite(Number(p)))) return parts.map(Number)
  }
  const n = Number(s)
  return Number.isFinite(n) ? n : s
}

interface Props {
  option: OptionRow
  value: Value | undefined
  fault?: string
  choices?: string[]
  /** Expressions make sense here; not so in settings of a training. */
  expressions?: boolean
  /** What is shown instead of the option's own name. */
  label?: string
  onChange: (value: Value | undefined) => void
}

export function Field({ option, value, fault, choices, expressions = true, label, onChange }: Props) {
  const id = useId()
  const t = T()
  const isExpression = typeof value === "string" && value.startsWith("=")
  const [formula, setFormula] = useState(isExpression)
  useEffect(() => {
    if (isExpression) setFormula(true)
  }, [isExpression])
  const list = option.choices ?? (option.type === "choice" ? choices : undefined)
  return (
    <div className={`option${value === undefined ? "" : " given"}`}>
      <label htmlFor={id} title={option.doc}>
        {label ?? option.name}
      </label>
      <div className="option-value">
        {option.type === "bool" && !formula ? (
          <select id={id} value={value === undefined ? "" : String(value)} aria-invalid={!!fault} onChange={(e) => onChange(e.target.value === "" ? undefined : e.target.value === "true")}>
            <option value="">{option.default ? t.yes : t.no}</option>
            <option value={String(!option.default)}>{option.default ? t.no : t.yes}</option>
            {value !== undefined && value === option.default && <option value={String(value)}>{value ? t.yes : t.no}</option>}
          </select>
        ) : list && !formula ? (
          <select id={id} value={typeof value === "string" ? value : ""} aria-invalid={!!fault} onChange={(e) => onChange(e.target.value || undefined)}>
            <option value="">{String(option.default ?? "–")}</option>
            {list.filter((c) => c !== option.default).map((c) => (
              <option key={c}>{c}</option>
            ))}
          </select>
        ) : (
          <Line id={id} option={option} value={value} fault={fault} formula={formula} choices={choices} onChange={onChange} />
        )}
        {expressions && <button
          type="button"
          className="fx"
          aria-pressed={formula}
          title={formula ? t.plain : t.expression}
          aria-label={`fx ${option.name}: ${formula ? t.plain : t.expression}`}
          onClick={() => {
            if (formula && isExpression) onChange(undefined)
            setFormula(!formula)
          }}
        >
          fx
        </button>}
      </div>
      {fault && <span className="wrong">{fault}</span>}
    </div>
  )
}

type LineProps = Props & { id: string; formula: boolean }

/** A line keeps what is being typed; it is written as a value at once, so that the drawing follows. */
function Line({ id, option, value, fault, formula, choices, onChange }: LineProps) {
  const [draft, setDraft] = useState<string>()
  const shown = draft ?? (value === undefined ? "" : valueText(value))
  const fallback = option.required ? T().required : option.default === undefined || option.default === null ? "" : valueText(option.default)
  return (
    <>
      <input
        id={id}
        value={shown}
        className={formula ? "mono" : ""}
        inputMode={formula || !["integer", "number"].includes(option.type) ? "text" : "decimal"}
        placeholder={formula ? "= …" : fallback}
        aria-invalid={!!fault}
        list={choices ? `${id}-list` : undefined}
        spellCheck={false}
        autoComplete="off"
        onChange={(e) => {
          const text = formula && e.target.value && !e.target.value.startsWith("=") ? "=" + e.target.value : e.target.value
          setDraft(text)
          onChange(readValue(text, option.type))
        }}
        onBlur={() => setDraft(undefined)}
        onKeyDown={(e) => {
          const n = Number(shown || fallback)
          const step = e.key === "ArrowUp" ? 1 : e.key === "ArrowDown" ? -1 : 0
          if (!step || option.type !== "integer" || !Number.isInteger(n)) return
          e.preventDefault()
          const next = Math.max(option.min ?? -Infinity, n + step * (e.shiftKey ? 10 : 1))
          setDraft(String(next))
          onChange(next)
        }}
      />
      {choices && (
        <datalist id={`${id}-list`}>
          {choices.map((c) => (
            <option key={c} value={c} />
          ))}
        </datalist>
      )}
    </>
  )
}
