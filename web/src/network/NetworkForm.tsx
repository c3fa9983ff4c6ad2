// When no block is chosen: the network's own members: inputs and arguments.
import { useState } from "react"
import { Icon } from "../lib/icons"
import { useStore } from "../lib/store"
import { print, type Path, type Value } from "../lib/json"
import { useParsed } from "../lib/project"
import { find } from "../lib/json"
import { readValue } from "../lib/field"
import { valueText } from "../lib/json"
import { faultsOfNetwork } from "./check"
import { setProject } from "./commands"
import { checkState, useEditor } from "./state"
import { T } from "./texts"

export function NetworkForm() {
  const { network } = useEditor()
  const { root } = useParsed()
  const checks = useStore(checkState)
  const t = T()
  const faults = faultsOfNetwork(checks.check?.errors, network)
  const isList = !!find(root, network.path)?.items
  /** A bare list becomes an object when it gets a member. */
  const set = (member: string, value: Value | undefined, merge?: string) => {
    const node = find(root, network.path)
    if (!node) return
    if (isList && value !== undefined) return setProject(t.arguments, network.path, { [member]: value, layers: node.value }, merge)
    setProject(t.arguments, [...network.path, member] as Path, value, merge)
  }
  return (
    <>
      <header>
        <h2>{network.name}</h2>
        <p className="soft">{t.nothingText}</p>
      </header>
      {faults.map((f, i) => (
        <div key={i} className="fault" role="alert">
          <Icon name="alert" size={14} />
          <div>
            {f.what}
            {f.detail && <pre>{f.detail}</pre>}
          </div>
        </div>
      ))}
      <section>
        <h3>{t.arguments}</h3>
        {Object.entries(network.arguments).map(([name, value]) => (
          <Argument key={name} name={name} value={value} onChange={(v) => set("arguments", { ...network.arguments, [name]: v ?? null }, `argument/${name}`)} onRemove={() => set("arguments", without(network.arguments, name))} />
        ))}
        <NewArgument onAdd={(name) => set("arguments", { ...network.arguments, [name]: network.unit ? null : 1 })} taken={Object.keys(network.arguments)} />
      </section>
    </>
  )
}

function without(all: { [key: string]: Value }, name: string): Value | undefined {
  const rest = Object.entries(all).filter(([k]) => k !== name)
  return rest.length ? Object.fromEntries(rest) : undefined
}

function Argument({ name, value, onChange, onRemove }: { name: string; value: Value; onChange: (v: Value | undefined) => void; onRemove: () => void }) {
  const t = T()
  const [draft, setDraft] = useState<string>()
  return (
    <div className="option given">
      <label>
        <span>{name}</span>
        <input value={draft ?? (value === null ? "" : typeof value === "object" ? print(value) : valueText(value))} placeholder={t.defaultValue} spellCheck={false} onBlur={() => setDraft(undefined)} onChange={(e) => (setDraft(e.target.value), onChange(readValue(e.target.value, "any")))} />
      </label>
      <button className="icon" aria-label={`${t.remove}: ${name}`} onClick={onRemove}>
        <Icon name="close" size={12} />
      </button>
    </div>
  )
}

function NewArgument({ onAdd, taken }: { onAdd: (name: string) => void; taken: string[] }) {
  const t = T()
  const [name, setName] = useState("")
  const fits = /^[A-Za-z_]\w*$/.test(name) && !taken.includes(name)
  return (
    <form
      className="row"
      onSubmit={(e) => {
        e.preventDefault()
        if (fits) onAdd(name), setName("")
      }}
    >
      <input aria-label={t.addArgument} placeholder={t.addArgument} value={name} spellCheck={false} onChange={(e) => setName(e.target.value)} />
      <button className="button bare" aria-label={t.addArgument} disabled={!fits}>
        <Icon name="plus" />
      </button>
    </form>
  )
}
