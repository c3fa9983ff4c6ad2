// The command palette: everything that can be done here, by typing.
import { useMemo, useState } from "react"
import { actions, keyName, type Action } from "../lib/keys"
import { useProjects } from "../lib/queries"
import { go, link } from "../lib/router"
import { useStore } from "../lib/store"
import { Dialog } from "../lib/ui"
import { commands } from "./overlays"
import { T } from "./texts"

export function matches(text: string, wanted: string): number {
  const at = text.toLowerCase().indexOf(wanted.toLowerCase())
  if (at >= 0) return at === 0 ? 0 : 1
  let i = 0
  for (const c of text.toLowerCase()) if (c === wanted[i]?.toLowerCase()) i++
  return i === wanted.length ? 2 : -1
}

export function Commander() {
  return useStore(commands) ? <Open /> : null
}

function Open() {
  const all = useStore(actions)
  const { data: projects = [] } = useProjects()
  const t = T()
  const [text, setText] = useState("")
  const [at, setAt] = useState(0)
  const close = () => commands.set(false)
  const list = useMemo(() => {
    const open = projects.map((p): Action => ({ id: `open.${p.name}`, text: p.name, group: t.projects, run: () => go(link(p.name)) }))
    return [...all, ...open]
      .filter((a) => !a.disabled && a.id !== "commands")
      .map((a) => ({ a, rank: matches(a.text, text) }))
      .filter((m) => m.rank >= 0)
      .sort((a, b) => a.rank - b.rank)
      .map((m) => m.a)
      .slice(0, 50)
  }, [all, projects, text])
  const run = (a?: Action) => {
    if (!a) return
    close()
    setTimeout(() => a.run())
  }
  const onKeyDown = (e: React.KeyboardEvent) => {
    if (e.key === "ArrowDown") setAt((at + 1) % Math.max(1, list.length))
    else if (e.key === "ArrowUp") setAt((at - 1 + list.length) % Math.max(1, list.length))
    else if (e.key === "Enter" && !e.nativeEvent.isComposing) run(list[at])
    else return
    e.preventDefault()
  }
  return (
    <Dialog title={t.commands} onClose={close} className="commander">
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="commands"
        aria-label={t.commandHint}
        aria-activedescendant={list[at] ? `command-${at}` : undefined}
        placeholder={t.commandHint}
        value={text}
        onChange={(e) => (setText(e.target.value), setAt(0))}
        onKeyDown={onKeyDown}
      />
      <ul id="commands" role="listbox" aria-label={t.commands}>
        {list.map((a, i) => (
          <li key={a.id} id={`command-${i}`} role="option" aria-selected={i === at} onPointerMove={() => setAt(i)} onClick={() => run(a)} ref={i === at ? (e) => e?.scrollIntoView({ block: "nearest" }) : undefined}>
            <span>{a.text}</span>
            <span className="soft">{a.group}</span>
            {a.keys && <kbd>{keyName(a.keys)}</kbd>}
          </li>
        ))}
      </ul>
      {!list.length && <p className="soft">{t.noCommand}</p>}
    </Dialog>
  )
}
