// The place Train: curves fill the window, runs stand below, settings at the right.
import { useMemo, useState } from "react"
import { api, asRequest } from "../lib/api"
import { copyText } from "../lib/files"
import { Icon } from "../lib/icons"
import { useActions } from "../lib/keys"
import { useParsed, useProject } from "../lib/project"
import { queries } from "../lib/queries"
import { go, link, useAddress } from "../lib/router"
import type { Bodies } from "../lib/routes"
import { useStore } from "../lib/store"
import { say, sayError } from "../lib/toast"
import { Button, Empty, Link, Menu } from "../lib/ui"
import { useChecks } from "../network/check"
import { checkState } from "../network/state"
import { SaveMark } from "../shell/OpenProject"
import { Curves } from "./Curves"
import { Compare, RunPanel } from "./RunPanel"
import { RunsTable, useTable } from "./RunsTable"
import { combinations, sweeps } from "./settings"
import { SettingsForm } from "./SettingsForm"
import { T } from "./texts"

const OVERLAY_MAX = 12

export default function Train() {
  const project = useProject()
  const { rest } = useAddress()
  const { data } = useTable(project.name)
  const t = T()
  useChecks(project.document)
  const [tab, setTab] = useState<"settings" | "run">(rest[0] ? "run" : "settings")
  const runs = data?.runs ?? []
  const ids = useMemo(() => (rest[0] ? rest[0].split("+") : []), [rest])
  const shown = useMemo(() => {
    const chosen = ids.flatMap((id) => runs.find((r) => r.id === id) ?? [])
    return chosen.length ? chosen : runs.slice(0, 1)
  }, [ids, runs])
  const selected = useMemo(() => new Set(ids), [ids])
  const choose = (next: Set<string>) => {
    setTab(next.size ? "run" : "settings")
    go(link(project.name, "train", ...(next.size ? [[...next].slice(-OVERLAY_MAX).join("+")] : [])) + location.search)
  }
  return (
    <>
      <StartBar onStarted={(id) => choose(new Set([id]))} />
      <div className="train">
        <div className="train-main">
          {data && !runs.length && !data.total ? <Empty title={t.noRuns} text={t.noRunsText} picture={<Icon name="train" size={56} />} /> : <Curves runs={shown} />}
          {data && (runs.length > 0 || data.total > 0) ? <RunsTable project={project.name} selected={selected} onSelect={choose} /> : <RunsGhost />}
        </div>
        <aside className="side" aria-label={t.settings}>
          <div className="side-tabs" role="tablist">
            <button role="tab" aria-selected={tab === "settings"} onClick={() => setTab("settings")}>
              {t.settings}
            </button>
            <button role="tab" aria-selected={tab === "run"} disabled={!shown.length} onClick={() => setTab("run")}>
              {ids.length > 1 ? t.compare : t.run}
            </button>
          </div>
          {tab === "settings" || !shown.length ? <SettingsForm /> : ids.length > 1 ? <Compare ids={ids} /> : <RunPanel id={shown[0]!.id} />}
        </aside>
      </div>
    </>
  )
}

function RunsGhost() {
  return <div className="runs-ghost" aria-hidden="true" />
}

function StartBar({ onStarted }: { onStarted: (id: string) => void }) {
  const project = useProject()
  const { error } = useParsed()
  const { check } = useStore(checkState)
  const lists = useStore(sweeps(project.name))
  const save = useStore(project.saveState)
  const t = T()
  const [busy, setBusy] = useState(false)
  const errors = error ? 1 : (check?.errors.length ?? 0)
  const count = combinations(lists)
  const body: Bodies["POST /jobs"] = { project: project.name, ...(Object.keys(lists).length ? { sweep: lists } : {}) }
  const start = async () => {
    setBusy(true)
    try {
      await project.saved()
      const answer = await api<{ runs: string[] }>("/jobs", { body })
      say(answer.runs.length > 1 ? t.queued(answer.runs.length) : t.started)
      await queries.invalidateQueries({ queryKey: ["runs"] })
      onStarted(answer.runs[0]!)
    } catch (e) {
      sayError(e)
    } finally {
      setBusy(false)
    }
  }
  const ready = !errors && !busy && save !== "conflict"
  const label = count > 1 ? t.startMany(count) : t.start
  const command = `rensa train ${project.name}/project.json`
  useActions([{ id: "start", text: label, keys: "mod+enter", group: t.title, disabled: !ready, run: () => void start() }])
  const copy = (text: string) => void copyText(text).then(() => say(t.copied))
  return (
    <div className="bar">
      <h1>{t.title}</h1>
      <span className="grow" />
      <SaveMark />
      {errors > 0 && (
        <Link to={link(project.name, "network")} className="verdict bad">
          <Icon name="alert" size={14} />
          {t.blocked(errors)}
        </Link>
      )}
      <Button icon="play" kind="main" label={label} keys="mod+enter" command={command} disabled={!ready} onClick={() => void start()} />
      <Menu label={t.copy} items={[{ label: t.command, icon: "copy", run: () => copy(command) }, { label: t.request, icon: "copy", run: () => copy(asRequest("/jobs", "POST", body)) }]} />
    </div>
  )
}
