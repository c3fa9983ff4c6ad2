// One run in full: what can be done with it, its notes, its log; or what tells several apart.
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { api, asRequest, q, request } from "../lib/api"
import { copyText } from "../lib/files"
import { ago, duration } from "../lib/format"
import { valueText, type Value } from "../lib/json"
import { useProject } from "../lib/project"
import { queries, useRun } from "../lib/queries"
import { go, link } from "../lib/router"
import { say, sayError } from "../lib/toast"
import type { Run } from "../lib/types"
import { Button, Dialog } from "../lib/ui"
import { progressOf, remaining } from "../shell/Queue"
import { stateMark } from "./RunsTable"
import { stateName, T } from "./texts"

export async function act(run: Run, action: "stop" | "kill" | "suspend" | "resume" | "clone") {
  try {
    await request(`/runs/${q(run.id)}/${action}`, { method: "POST", body: action === "clone" ? {} : undefined })
    await queries.invalidateQueries({ queryKey: ["runs"] })
  } catch (error) {
    sayError(error)
  }
}

async function change(run: Run, body: Partial<Run>) {
  try {
    await api(`/runs/${q(run.id)}`, { method: "PATCH", body })
    await queries.invalidateQueries({ queryKey: ["runs"] })
  } catch (error) {
    sayError(error)
  }
}

async function remove(run: Run) {
  try {
    await request(`/runs/${q(run.id)}`, { method: "DELETE" })
    say(T().removed)
    go(link(run.project, "train"))
    await queries.invalidateQueries({ queryKey: ["runs"] })
  } catch (error) {
    sayError(error)
  }
}

const copied = (text: string) => void copyText(text).then(() => say(T().copied))

export function RunPanel({ id }: { id: string }) {
  const { data: run, error } = useRun(id)
  const project = useProject()
  const t = T()
  const [log, setLog] = useState(false)
  if (error) return <div className="fault">{error.message}</div>
  if (!run) return null
  const active = run.state === "running" || run.state === "queued"
  const resumable = ["suspended", "interrupted", "stopped", "killed", "failed"].includes(run.state)
  const left = remaining(run)
  const takeSettings = async () => {
    try {
      const text = await (await request(`/runs/${q(id)}/project`)).text()
      project.document.change(t.openProject, text)
      say(t.taken, { undo: () => void project.document.undo() })
    } catch (e) {
      sayError(e)
    }
  }
  return (
    <div className="run-panel">
      <header>
        <h2>{run.id}</h2>
        {stateMark(run)}
      </header>
      {run.state === "running" && (
        <div>
          <span className="progress" role="progressbar" aria-label={t.progress} aria-valuenow={Math.round(progressOf(run) * 100)}>
            <i style={{ width: `${progressOf(run) * 100}%` }} />
          </span>
          <span className="soft">
            {run.epoch?.toFixed(1)} / {run.epochs} {t.epochs} {left !== undefined && `· ${t.left(duration(left))}`}
          </span>
        </div>
      )}
      {run.error && <pre className="fault">{run.error}</pre>}
      <div className="run-actions">
        {run.state === "running" && <Button icon="pause" label={t.suspend} onClick={() => void act(run, "suspend")} />}
        {active && <Button icon="stop" label={t.stop} onClick={() => void act(run, "stop")} />}
        {active && run.state === "running" && <Button label={t.kill} kind="danger" onClick={() => void act(run, "kill")} />}
        {resumable && <Button icon="play" label={t.resume} kind="main" onClick={() => void act(run, "resume")} />}
        <Button icon="copy" label={t.clone} onClick={() => void act(run, "clone")} />
        <Button icon="text" label={t.openLog} onClick={() => setLog(true)} />
        {!active && <Button icon="trash" label={t.remove_} kind="danger" onClick={() => void remove(run)} />}
      </div>
      <Edit label={t.renamed} value={run.name ?? ""} onDone={(name) => void change(run, { name })} />
      <Edit label={t.tags} value={run.tags?.join(", ") ?? ""} onDone={(text) => void change(run, { tags: text.split(",").map((s) => s.trim()).filter(Boolean) })} />
      <Edit label={t.notes} value={run.notes ?? ""} long hint={t.note} onDone={(notes) => void change(run, { notes })} />
      <dl className="facts">
        {run.created !== undefined && [<dt key="c">{t.created}</dt>, <dd key="c=">{ago(run.created)}</dd>]}
        {run.seconds !== undefined && [<dt key="s">{t.time}</dt>, <dd key="s=">{duration(run.seconds)}</dd>]}
        {run.parent && [<dt key="p">{t.clone}</dt>, <dd key="p=">{run.parent}</dd>]}
        {Object.entries(run.values ?? {})
          .filter(([k]) => k.startsWith("set."))
          .map(([k, v]) => [<dt key={k}>{k.replace(/^set\.(training\.)?/, "")}</dt>, <dd key={k + "="} className="mono">{valueText(v)}</dd>])}
      </dl>
      <div className="run-actions">
        <button className="link" onClick={() => void takeSettings()}>
          {t.openProject}
        </button>
        {run.command && (
          <button className="link" title={run.command.join(" ")} onClick={() => copied(run.command!.join(" "))}>
            {t.command}
          </button>
        )}
        <button className="link" onClick={() => copied(asRequest(`/runs/${q(id)}/clone`, "POST", {}))}>
          {t.request}
        </button>
      </div>
      {log && <Log id={id} running={active} onClose={() => setLog(false)} />}
    </div>
  )
}

function Edit({ label, value, long, hint, onDone }: { label: string; value: string; long?: boolean; hint?: string; onDone: (text: string) => void }) {
  const [draft, setDraft] = useState<string>()
  const done = () => {
    if (draft !== undefined && draft !== value) onDone(draft)
    setDraft(undefined)
  }
  return (
    <label className="field">
      <span>{label}</span>
      {long ? (
        <textarea rows={2} value={draft ?? value} placeholder={hint} onChange={(e) => setDraft(e.target.value)} onBlur={done} />
      ) : (
        <input value={draft ?? value} onChange={(e) => setDraft(e.target.value)} onBlur={done} onKeyDown={(e) => e.key === "Enter" && e.currentTarget.blur()} />
      )}
    </label>
  )
}

function Log({ id, running, onClose }: { id: string; running: boolean; onClose: () => void }) {
  const t = T()
  const { data } = useQuery({ queryKey: ["log", id], queryFn: () => api<{ text: string }>(`/runs/${q(id)}/log`), refetchInterval: running ? 1500 : false })
  return (
    <Dialog title={`${t.openLog}: ${id}`} onClose={onClose} className="wide">
      <pre className="log" tabIndex={0}>{data?.text}</pre>
    </Dialog>
  )
}

/** Settings in which runs differ. */
export function differences(runs: Run[]): [string, (Value | undefined)[]][] {
  const names = [...new Set(runs.flatMap((r) => Object.keys(r.values ?? {})))].filter((n) => n.startsWith("set.")).sort()
  return names
    .map((n): [string, (Value | undefined)[]] => [n, runs.map((r) => r.values?.[n])])
    .filter(([, values]) => new Set(values.map((v) => JSON.stringify(v))).size > 1)
}

export function Compare({ ids }: { ids: string[] }) {
  const t = T()
  const { data: runs } = useQuery({ queryKey: ["runs", "compare", ids], queryFn: () => Promise.all(ids.map((id) => api<Run>(`/runs/${q(id)}`))) })
  if (!runs) return null
  const rows = differences(runs)
  return (
    <div className="run-panel">
      <h2>{t.difference}</h2>
      {!rows.length && <p className="soft">{t.same}</p>}
      <div className="compare">
        <table className="table plain">
          <thead>
            <tr>
              <th />
              {runs.map((r) => (
                <th key={r.id} scope="col" title={stateName(r.state)}>
                  {r.id}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, values]) => (
              <tr key={name}>
                <th scope="row">{name.replace(/^set\.(training\.)?/, "")}</th>
                {values.map((v, i) => (
                  <td key={i} className="mono">
                    {v === undefined ? "–" : valueText(v)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}
