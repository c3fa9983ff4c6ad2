// The options of the chosen block, what is wrong with it, and what it costs.
import { useMemo } from "react"
import { Icon } from "../lib/icons"
import { useParsed } from "../lib/project"
import { useStore } from "../lib/store"
import type { Fault, OptionRow } from "../lib/types"
import { COSTS } from "../lib/types"
import { Button, Empty } from "../lib/ui"
import type { Value } from "../lib/json"
import { colorOf, topicOf } from "./blocks"
import { faultsOf, infoOf, shapeText } from "./check"
import * as commands from "./commands"
import { costText } from "./drawing"
import { Field } from "../lib/field"
import { isDict, networkOfType, optionOf, optionsOf, readNetwork, type Layer } from "./model"
import { NameField } from "./NameField"
import { NetworkForm } from "./NetworkForm"
import { openLayer } from "./open"
import { asking, checkState, selection, useEditor } from "./state"
import { costName, T } from "./texts"

export function Inspector() {
  const { network } = useEditor()
  const chosen = useStore(selection)
  const t = T()
  const layers = network.layers.filter((l) => chosen.has(l.name))
  return (
    <aside className="inspector" aria-label={t.options}>
      {layers.length === 1 ? <LayerForm key={`${network.id}/${layers[0]!.index}`} layer={layers[0]!} /> : layers.length > 1 ? <Several names={layers.map((l) => l.name)} /> : <NetworkForm />}
    </aside>
  )
}

function Several({ names }: { names: string[] }) {
  const t = T()
  return (
    <Empty title={t.many(names.length)} text={names.slice(0, 12).join(", ")}>
      <div className="column">
        <Button icon="unit" label={t.makeUnit} keys="u" onClick={() => asking.set("unit")} />
        <Button icon="copy" label={t.duplicate} keys="mod+d" onClick={commands.duplicate} />
        <Button icon="trash" label={t.remove} keys="delete" onClick={commands.remove} />
      </div>
    </Empty>
  )
}

const MEMBERS = ["repeat", "if", "share", "train", "rate", "decay"]
const BOOLS = ["train", "decay"]

function LayerForm({ layer }: { layer: Layer }) {
  const editor = useEditor()
  const { root } = useParsed()
  const checks = useStore(checkState)
  const t = T()
  const unitPath = networkOfType(root, layer.type)
  const type = unitPath ? undefined : editor.types.get(layer.type)
  const faults = faultsOf(checks.check?.errors, editor.network, layer)
  const warnings = faultsOf(checks.check?.warnings, editor.network, layer)
  const info = useMemo(() => infoOf(checks, editor.checked, editor.prefix).get(layer.name), [checks, editor.checked, editor.prefix, layer.name])
  const options = useMemo(() => allOptions(type?.options ?? unitOptions(root, unitPath), layer), [type, root, unitPath, layer])
  const of = (name: string) => faults.find((f) => memberOf(f, layer, editor.network.list.length) === name)?.what
  const common = faults.filter((f) => ![...options.map((o) => o.name), ...MEMBERS, "name"].includes(memberOf(f, layer, editor.network.list.length) ?? ""))
  const set = (name: string) => (value: Value | undefined) => commands.setOption(layer.name, [[optionOf(layer.value, name).path, value]], name)
  const members = editor.palette.members.layer ?? []
  return (
    <>
      <header style={{ "--cat": colorOf(topicOf(type), !!unitPath) } as React.CSSProperties}>
        <NameField layer={layer} fault={of("name")} />
        <div className="inspector-type">
          <button className="link" title={t.replace} onClick={() => asking.set("replace")}>
            {layer.type || "?"}
          </button>
          {unitPath && <Button icon="enter" bare label={t.openUnit} keys="mod+enter" onClick={() => openLayer(layer.name)} />}
          <span className="grow" />
          <Button icon="copy" bare label={t.duplicate} keys="mod+d" onClick={commands.duplicate} />
          <Button icon="trash" bare label={t.remove} keys="delete" onClick={commands.remove} />
        </div>
        {type?.doc && <p className="soft">{type.doc}</p>}
      </header>
      {[...common.map((f) => ({ f, bad: true })), ...warnings.map((f) => ({ f, bad: false }))].map(({ f, bad }, i) => (
        <div key={i} className={bad ? "fault" : "fault warn"} role={bad ? "alert" : undefined}>
          <Icon name="alert" size={14} />
          <div>
            {f.what}
            {f.detail && <pre>{f.detail}</pre>}
          </div>
        </div>
      ))}
      <section>
        <h3>{t.inputs}</h3>
        <Inputs layer={layer} />
      </section>
      {options.length > 0 && (
        <section>
          <h3>{t.options}</h3>
          {options.map((o) => (
            <Field key={o.name} option={o} value={optionOf(layer.value, o.name).value} fault={of(o.name)} choices={o.type === "initialiser" ? editor.palette.initialisers.map((i) => i.name) : undefined} onChange={set(o.name)} />
          ))}
        </section>
      )}
      <details open={MEMBERS.some((m) => layer.value[m] !== undefined)}>
        <summary>{t.more}</summary>
        {MEMBERS.map((m) => (
          <Field
            key={m}
            option={{ name: m, type: BOOLS.includes(m) ? "bool" : m === "share" ? "text" : "number", default: BOOLS.includes(m) ? true : undefined, doc: members.find((r) => r.name === m)?.doc }}
            value={layer.value[m]}
            fault={of(m)}
            onChange={(value) => commands.setOption(layer.name, [[[m], value]], m)}
          />
        ))}
      </details>
      {info && (
        <section>
          <h3>{t.output}</h3>
          <p className="mono">
            {info.dtype} [{shapeText(info.shape)}]
          </p>
          <dl className="facts">
            {info.parameters?.map((p) => [<dt key={p.name}>{p.name}</dt>, <dd key={p.name + "="} className="mono num">{shapeText(p.shape)}</dd>])}
            {COSTS.filter((c) => info.costs?.[c]).map((c) => [<dt key={c}>{costName(c)}</dt>, <dd key={c + "="} className="mono num">{costText(c, info.costs![c]!)}</dd>])}
          </dl>
        </section>
      )}
      {type?.reference && (
        <section>
          <h3>{t.reference}</h3>
          <p className="soft">{type.reference}</p>
        </section>
      )}
    </>
  )
}

/** "kernel" of "network.3.kernel" or of "network.3.options.kernel". */
function memberOf(fault: Fault, layer: Layer, depth: number): string | undefined {
  const rest = fault.path?.split(".").slice(depth + 1) ?? []
  void layer
  return (rest[0] === "options" ? rest[1] : rest[0]) ?? fault.member
}

/** Options of the type, then those that stand in the text though the type does not know them. */
function allOptions(known: OptionRow[], layer: Layer): OptionRow[] {
  const names = new Set(known.map((o) => o.name))
  const strange = optionsOf(layer.value).filter(([k]) => !names.has(k))
  const order = [...known.filter((o) => o.required), ...known.filter((o) => !o.required)]
  return [...order, ...strange.map(([name]): OptionRow => ({ name, type: "text" }))]
}

function unitOptions(root: Parameters<typeof readNetwork>[0], path: ReturnType<typeof networkOfType>): OptionRow[] {
  const network = path && readNetwork(root, path)
  if (!network) return []
  return Object.entries(network.arguments).map(([name, v]) => ({
    name, type: typeof v === "boolean" ? "bool" : "number", required: v === null, default: v === null ? undefined : v, doc: isDict(v) ? undefined : "",
  }))
}

function Inputs({ layer }: { layer: Layer }) {
  const t = T()
  return (
    <ul className="inputs">
      {layer.inputs.map((name, i) => (
        <li key={i}>
          <span className="soft">{i + 1}</span>
          <b>{name}</b>
          <button className="icon" aria-label={`${t.disconnect}: ${name}`} title={t.disconnect} onClick={() => commands.unwire(layer.name, i)}>
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
      <li>
        <button className="link" onClick={() => asking.set("input")}>
          {t.addInput}
        </button>
      </li>
    </ul>
  )
}
