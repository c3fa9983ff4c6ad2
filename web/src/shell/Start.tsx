// All projects, and ways to a new one.
import { useRef, useState } from "react"
import { useQueryClient } from "@tanstack/react-query"
import { api, q, request } from "../lib/api"
import { ago } from "../lib/format"
import { useActions } from "../lib/keys"
import { useProjects } from "../lib/queries"
import { go, link } from "../lib/router"
import { say, sayError } from "../lib/toast"
import { Ask, Button, Dialog, Empty, Link, Menu } from "../lib/ui"
import { download } from "../lib/files"
import { Icon } from "../lib/icons"
import type { ProjectRow } from "../lib/types"
import { importText, SAMPLES, sampleText } from "./samples"
import { T } from "./texts"

const NAME = /^[\p{L}\p{N}_-][\p{L}\p{N}._-]{0,63}$/u

/** A free name near the wanted one. */
export function freshName(wanted: string, taken: string[]): string {
  const clean = wanted.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[.-]+/, "").slice(0, 56) || "project"
  if (!taken.includes(clean)) return clean
  let k = 2
  while (taken.includes(`${clean}-${k}`)) k++
  return `${clean}-${k}`
}

export function Start() {
  const { data, error, isPending, refetch } = useProjects()
  const client = useQueryClient()
  const t = T()
  const [dialog, setDialog] = useState<"new" | { rename: string }>()
  const file = useRef<HTMLInputElement>(null)
  const projects = data ?? []
  const taken = projects.map((p) => p.name)
  const check = (name: string) => (!NAME.test(name) ? t.badName : taken.includes(name) ? t.taken : undefined)

  async function create(name: string, text: string) {
    try {
      await request(`/projects/${q(name)}`, { method: "PUT", text, headers: { "If-None-Match": "*" } })
      await client.invalidateQueries({ queryKey: ["projects"] })
      go(link(name, "network"))
    } catch (e) {
      sayError(e)
    }
  }
  async function importFile(f: File | undefined) {
    if (!f) return
    try {
      await create(freshName(f.name.replace(/\.json$/i, ""), taken), importText(await f.text()))
    } catch (e) {
      sayError(e)
    }
  }
  const act = (what: () => Promise<unknown>) => what().then(() => client.invalidateQueries({ queryKey: ["projects"] }), sayError)
  const textOf = async (p: ProjectRow) => (await request(`/projects/${q(p.name)}`)).text()
  useActions([{ id: "new", text: t.newProject, keys: "n", group: t.projects, run: () => setDialog("new") }])

  return (
    <div className="start">
      <header>
        <h1>{t.projects}</h1>
        <Button icon="upload" label={t.import} onClick={() => file.current?.click()} />
        <Button icon="plus" label={t.newProject} keys="n" kind="main" onClick={() => setDialog("new")} />
        <input ref={file} type="file" accept=".json,application/json" hidden onChange={(e) => (void importFile(e.target.files?.[0]), (e.target.value = ""))} />
      </header>
      {error && (
        <p role="alert" className="wrong">
          {t.failed}: {error.message}{" "}
          <button className="link" onClick={() => void refetch()}>
            {t.again}
          </button>
        </p>
      )}
      {!isPending && !error && !projects.length && (
        <Empty title={t.noProjects} text={t.noProjectsText} picture={<Icon name="network" size={56} />}>
          <Button label={t.newProject} kind="main" icon="plus" onClick={() => setDialog("new")} />
        </Empty>
      )}
      <div className="cards">
        {projects.map((p) => (
          <div className="card" key={p.name}>
            <Link to={link(p.name)}>
              <h2>{p.name}</h2>
            </Link>
            <p>{p.description}</p>
            <p>{p.changed !== undefined && t.changed(ago(p.changed))}</p>
            <Menu
              label={`${t.project}: ${p.name}`}
              items={[
                { label: t.duplicate, icon: "copy", run: () => void textOf(p).then((text) => create(freshName(p.name, taken), text), sayError) },
                { label: t.rename, run: () => setDialog({ rename: p.name }) },
                { label: t.export, icon: "download", run: () => void textOf(p).then((text) => download(`${p.name}.json`, text, "application/json"), sayError) },
                { label: t.remove, icon: "trash", danger: true, run: () => void act(async () => (await request(`/projects/${q(p.name)}`, { method: "DELETE" }), say(t.removed(p.name)))) },
              ]}
            />
          </div>
        ))}
      </div>
      {dialog === "new" && <NewProject taken={taken} check={check} onClose={() => setDialog(undefined)} onCreate={create} />}
      {typeof dialog === "object" && (
        <Ask
          title={t.rename}
          label={t.name}
          action={t.rename}
          value={dialog.rename}
          check={check}
          onClose={() => setDialog(undefined)}
          onDone={(name) => (setDialog(undefined), void act(() => api(`/projects/${q(dialog.rename)}`, { method: "PATCH", body: { name } })))}
        />
      )}
    </div>
  )
}

interface NewProps {
  taken: string[]
  check: (name: string) => string | undefined
  onClose: () => void
  onCreate: (name: string, text: string) => Promise<void>
}

function NewProject({ taken, check, onClose, onCreate }: NewProps) {
  const t = T()
  const [sample, setSample] = useState<string | undefined>("lenet")
  const [name, setName] = useState<string>()
  const shown = name ?? freshName(sample ?? "project", taken)
  const wrong = check(shown)
  return (
    <Dialog title={t.newProject} onClose={onClose}>
      <form
        className="field"
        onSubmit={(e) => {
          e.preventDefault()
          if (!wrong) void onCreate(shown, sampleText(sample, shown))
        }}
      >
        <label className="field">
          <span>{t.name}</span>
          <input autoFocus value={shown} aria-invalid={!!wrong} onFocus={(e) => e.target.select()} onChange={(e) => setName(e.target.value)} />
          {wrong && <span className="wrong">{wrong}</span>}
        </label>
        <fieldset className="samples">
          <legend>{t.from}</legend>
          {[{ name: undefined, about: "" }, ...SAMPLES].map((s) => (
            <label key={s.name ?? ""} className="sample">
              <input type="radio" name="sample" checked={sample === s.name} onChange={() => setSample(s.name)} />
              <b>{s.name ?? t.empty}</b>
              <span className="soft">{s.about}</span>
            </label>
          ))}
        </fieldset>
        <footer>
          <button className="button main" disabled={!!wrong}>
            {t.create}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
