// Windows of the editor that ask: for a block to add, a type, a partner to connect with, a name. All by typing.
import { useMemo, useState } from "react"
import { go } from "../lib/router"
import { useStore } from "../lib/store"
import { Ask, Dialog } from "../lib/ui"
import { useParsed } from "../lib/project"
import { set } from "../lib/json"
import { matches } from "../shell/Commander"
import { colorOf, topicOf } from "./blocks"
import * as commands from "./commands"
import { networkPaths } from "./model"
import { networkAddress } from "./open"
import { searchItems, useItems } from "./PalettePanel"
import { unitNameFree } from "./parts"
import { asking, useEditor, type Asking } from "./state"
import { T } from "./texts"

interface Choice {
  id: string
  label: string
  hint?: string
  color?: string
}

export function Picker({ title, choices, onPick, onClose }: { title: string; choices: (text: string) => Choice[]; onPick: (id: string) => void; onClose: () => void }) {
  const [text, setText] = useState("")
  const [at, setAt] = useState(0)
  const list = useMemo(() => choices(text).slice(0, 60), [choices, text])
  const t = T()
  const pick = (id: string | undefined) => {
    if (id === undefined) return
    onClose()
    onPick(id)
  }
  return (
    <Dialog title={title} onClose={onClose} className="commander">
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="choices"
        aria-label={title}
        aria-activedescendant={list[at] ? `choice-${at}` : undefined}
        value={text}
        onChange={(e) => (setText(e.target.value), setAt(0))}
        onKeyDown={(e) => {
          if (e.key === "ArrowDown") setAt((at + 1) % Math.max(1, list.length))
          else if (e.key === "ArrowUp") setAt((at - 1 + list.length) % Math.max(1, list.length))
          else if (e.key === "Enter" && !e.nativeEvent.isComposing) pick(list[at]?.id)
          else return
          e.preventDefault()
        }}
      />
      <ul id="choices" role="listbox" aria-label={title}>
        {list.map((c, i) => (
          <li key={c.id} id={`choice-${i}`} role="option" aria-selected={i === at} onPointerMove={() => setAt(i)} onClick={() => pick(c.id)} ref={i === at ? (e) => e?.scrollIntoView({ block: "nearest" }) : undefined}>
            {c.color && <i className="dot" style={{ background: c.color }} />}
            <span>{c.label}</span>
            {c.hint && <span className="soft cut">{c.hint}</span>}
          </li>
        ))}
      </ul>
      {!list.length && <p className="soft">{t.nothingFound}</p>}
    </Dialog>
  )
}

export function Pickers() {
  const what = useStore(asking)
  const { document, network, palette, project, types } = useEditor()
  const { root } = useParsed()
  const items = useItems()
  const t = T()
  const close = () => asking.set((now) => (now === what ? undefined : now))
  const names = useMemo(() => new Set(palette.layers.map((l) => l.name)), [palette])
  const types_ = (text: string) => (text ? searchItems(items, text) : items).map((i) => ({ id: i.name, label: i.name, hint: i.doc, color: i.color }))
  const one = commands.chosen()[0]
  const layer = one === undefined ? undefined : network.byName.get(one)
  const partners = (text: string, results: boolean): Choice[] =>
    [
      ...(results ? [{ id: "", label: t.output, hint: t.outputOf }] : network.inputs.map((id) => ({ id, label: id, hint: t.input }))),
      ...network.layers.filter((l) => l !== layer).map((l) => ({ id: l.name, label: l.name, hint: l.type, color: colorOf(topicOf(types.get(l.type))) })),
    ].filter((c) => matches(c.label, text) >= 0)
  const free = (to: string) => {
    const target = network.byName.get(to)
    const declared = target && types.get(target.type)?.inputs
    const most = declared ? (declared.some((d) => d.list) ? Infinity : declared.length) : 1
    return target && target.inputs.length < most ? target.inputs.length : 0
  }
  const newNetwork = (group: "units" | "networks", name: string) => {
    let text = document.state.get().text
    if (group === "networks" && root.members?.some((m) => m.key === "network")) {
      const old = root.members.find((m) => m.key === "network")!.value.value
      text = set(set(text, ["networks", "network"], old), ["network"], undefined)
    }
    document.change(t.newNetwork, set(text, [group, name], group === "units" ? { layers: [] } : []))
    go(networkAddress(project, `${group}/${name}`))
  }
  const taken = (name: string) => names.has(name) || networkPaths(root).some((p) => p.at(-1) === name)
  const check = (name: string) => (!/^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(name) ? t.badName : taken(name) ? t.taken : undefined)
  const ask = (title: string, label: string, onDone: (name: string) => void, value?: string) => (
    <Ask title={title} label={label} action="OK" value={value} check={check} onClose={close} onDone={(name) => (close(), onDone(name))} />
  )
  const windows: Record<Asking, () => React.ReactNode> = {
    add: () => <Picker title={t.addBlock} choices={types_} onClose={close} onPick={(type) => commands.add(type)} />,
    replace: () => layer && <Picker title={t.replace} choices={types_} onClose={close} onPick={(type) => commands.replace(layer.name, type)} />,
    connect: () => layer && <Picker title={`${layer.name} → …`} choices={(text) => partners(text, true)} onClose={close} onPick={(to) => commands.wire(layer.name, to, free(to))} />,
    input: () => layer && <Picker title={`… → ${layer.name}`} choices={(text) => partners(text, false)} onClose={close} onPick={(from) => commands.wire(from, layer.name, free(layer.name))} />,
    unit: () => ask(t.makeUnit, t.unitName, commands.unitize, unitNameFree(root.value, names, "unit")),
    newUnit: () => ask(t.newUnit, t.unitName, (name) => newNetwork("units", name), unitNameFree(root.value, names, "unit")),
    newNetwork: () => ask(t.newNetwork, t.networkName, (name) => newNetwork("networks", name), unitNameFree(root.value, names, "second")),
    rename: () => ask(t.rename, t.networkName, (name) => commands.renameNetwork(name), network.name),
  }
  return what ? windows[what]() : null
}
