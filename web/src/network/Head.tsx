// The bar above the drawing: networks as tabs, the way into units, what can be done, and whether all is well.
import { Icon } from "../lib/icons"
import { download } from "../lib/files"
import { useParsed, useProject } from "../lib/project"
import { useStore } from "../lib/store"
import { Button, Link, Menu } from "../lib/ui"
import { SaveMark } from "../shell/OpenProject"
import * as commands from "./commands"
import { networkPaths } from "./model"
import { networkAddress } from "./open"
import { savePng, saveSvg } from "./picture"
import { asking, checkState, select, selection, textOpen, useEditor } from "./state"
import { T } from "./texts"

export function Head({ drawn }: { drawn: boolean }) {
  const { project, network, crumbs, outer } = useEditor()
  const { root, past, future } = useParsed()
  const document = useProject().document
  const text = useStore(textOpen)
  const chosen = useStore(selection)
  const t = T()
  const tabs = networkPaths(root)
  return (
    <div className="bar network-bar">
      <nav className="tabs" aria-label={t.networks}>
        {tabs.map((path) => {
          const id = path.join("/")
          return (
            <Link key={id} to={networkAddress(project, id)} aria-current={id === (crumbs.length > 1 ? outer : network.id) ? "page" : undefined} className={path[0] === "units" ? "tab unit" : "tab"}>
              {path[0] === "units" && <Icon name="unit" size={12} />}
              {String(path.at(-1))}
            </Link>
          )
        })}
        <Menu
          label={t.networkMenu}
          icon="plus"
          items={[
            { label: t.newUnit, icon: "unit", run: () => asking.set("newUnit") },
            { label: t.newNetwork, icon: "network", run: () => asking.set("newNetwork") },
            ...(network.path.length > 1
              ? [
                  { label: t.rename, run: () => asking.set("rename") },
                  { label: `${t.deleteNetwork} (${network.name})`, icon: "trash" as const, danger: true, run: commands.removeNetwork },
                ]
              : []),
          ]}
        />
      </nav>
      {crumbs.length > 1 && (
        <nav className="crumbs" aria-label={t.openUnit}>
          {crumbs.map((c, i) => (
            <span key={c.address}>
              {i > 0 && <Icon name="chevron" size={12} />}
              {i < crumbs.length - 1 ? <Link to={c.address}>{c.label}</Link> : <b>{c.label}</b>}
            </span>
          ))}
        </nav>
      )}
      <span className="grow" />
      <SaveMark />
      <Verdict />
      <span className="gap" />
      <Button bare icon="undo" label={past.length ? `${t.undo}: ${past.at(-1)!.label}` : t.undo} keys="mod+z" disabled={!past.length} onClick={commands.undo} />
      <Button bare icon="redo" label={t.redo} keys="mod+shift+z" disabled={!future.length} onClick={commands.redo} />
      <span className="gap" />
      <Button bare icon="unit" label={t.makeUnit} keys="u" disabled={!chosen.size} onClick={() => asking.set("unit")} />
      <Button bare icon="layout" label={t.arrange} keys="l" onClick={commands.arrange} />
      <Button bare icon="text" label={t.text} keys="t" pressed={text} onClick={() => textOpen.set(!text)} />
      <Menu
        label={t.exportText}
        icon="download"
        items={[
          { label: t.svg, disabled: !drawn, run: () => saveSvg(project) },
          { label: t.png, disabled: !drawn, run: () => void savePng(project) },
          { label: t.exportText, run: () => download(`${project}.json`, document.state.get().text, "application/json") },
        ]}
      />
    </div>
  )
}

/** All errors of the project; a click goes to the first one. */
function Verdict() {
  const { network } = useEditor()
  const { error } = useParsed()
  const state = useStore(checkState)
  const t = T()
  const errors = state.check?.errors ?? []
  const first = errors[0]
  const text = error ? t.textError : state.failed ? t.checkFailed : !state.check ? t.checking : errors.length ? t.errors(errors.length) : t.fine
  const bad = !!error || !!state.failed || errors.length > 0
  const show = () => {
    const here = first && network.layers.find((l) => first.path?.startsWith([...network.list, l.index].join(".")))
    if (here) select(here.name)
    else if (first) textOpen.set(true)
  }
  return (
    <button className={`verdict${bad ? " bad" : ""}`} aria-live="polite" title={state.failed ?? errors.slice(0, 6).map((e) => [e.path, e.what].filter(Boolean).join(": ")).join("\n")} onClick={show}>
      <Icon name={bad ? "alert" : "check"} size={14} />
      {text}
    </button>
  )
}
