// The name of a layer; references follow it. Made-up names are shown as a hint.
import { useState } from "react"
import { rename } from "./commands"
import type { Layer } from "./model"
import { useEditor } from "./state"
import { T } from "./texts"

const NAME = /^[\p{L}\p{N}_.-]+$/u

export function NameField({ layer, fault }: { layer: Layer; fault?: string }) {
  const { network } = useEditor()
  const t = T()
  const [draft, setDraft] = useState<string>()
  const shown = draft ?? (layer.made ? "" : layer.name)
  const taken = draft !== undefined && draft !== layer.name && (network.byName.has(draft) || network.inputs.includes(draft))
  const odd = draft ? !NAME.test(draft) : false
  const wrong = taken ? t.taken : odd ? t.badName : fault
  const done = () => {
    if (draft !== undefined && !taken && !odd) rename(layer.name, draft || undefined)
    setDraft(undefined)
  }
  return (
    <div className="name-field">
      <input
        aria-label={t.name}
        value={shown}
        placeholder={layer.name}
        aria-invalid={!!wrong}
        spellCheck={false}
        onChange={(e) => setDraft(e.target.value)}
        onBlur={done}
        onKeyDown={(e) => {
          if (e.key === "Enter") e.currentTarget.blur()
          if (e.key === "Escape") setDraft(undefined)
        }}
      />
      {wrong && <span className="wrong">{wrong}</span>}
    </div>
  )
}
