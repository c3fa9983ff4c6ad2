// Opens the project of the address for the places inside, and says when it was changed elsewhere.
import { useEffect, useState, type ReactNode } from "react"
import { current, openProject, useProject, type Project } from "../lib/project"
import { useStore } from "../lib/store"
import { say } from "../lib/toast"
import { Dialog, Link } from "../lib/ui"
import { T } from "./texts"

export function OpenProject({ name, children }: { name: string; children: ReactNode }) {
  const project = useStore(current)
  const [error, setError] = useState<Error>()
  useEffect(() => {
    let mine: Project | undefined
    let gone = false
    openProject(name, () => say(T().restored)).then(
      (p) => {
        if (gone) return p.close()
        current.set((mine = p))
      },
      (e: Error) => setError(e),
    )
    document.title = `${name} – Rensa`
    return () => {
      gone = true
      mine?.close()
      current.set(undefined)
      document.title = "Rensa"
    }
  }, [name])
  if (error)
    return (
      <div className="empty" role="alert">
        <h2>{T().failed}</h2>
        <p>{error.message}</p>
        <Link to="/">{T().allProjects}</Link>
      </div>
    )
  if (!project || project.name !== name) return <div className="busy">{T().loading}</div>
  return (
    <>
      {children}
      <Conflict />
    </>
  )
}

function Conflict() {
  const project = useProject()
  const state = useStore(project.saveState)
  const t = T()
  if (state !== "conflict") return null
  return (
    <Dialog title={t.conflictTitle} onClose={() => {}} className="small">
      <p>{t.conflictText}</p>
      <footer>
        <button className="button" onClick={() => void project.takeTheirs()}>
          {t.takeTheirs}
        </button>
        <button className="button main" onClick={() => project.keepMine()}>
          {t.keepMine}
        </button>
      </footer>
    </Dialog>
  )
}

export function SaveMark() {
  const state = useStore(useProject().saveState)
  const t = T()
  const text = { saved: t.saved, saving: t.saving, unsaved: t.unsaved, conflict: t.conflict }[state]
  return (
    <span className="soft save-mark" data-state={state} role="status">
      {text}
    </span>
  )
}
