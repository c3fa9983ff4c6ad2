// The project that is open: its text with history, and its way to the server. Each edit is saved as it is made; what could
// not be saved yet lies in the browser, so that a reload loses nothing.
import { ApiError, q, request } from "./api"
import { createDocument, type Document, type Parsed } from "./document"
import { createStore, useStore, type Store } from "./store"

export type SaveState = "saved" | "saving" | "unsaved" | "conflict"

export interface Project {
  name: string
  document: Document
  saveState: Store<SaveState>
  revision: string
  keepMine(): void
  /** Done when the server has what is seen. */
  saved(): Promise<void>
  takeTheirs(): Promise<void>
  close(): void
}

const SAVE_AFTER_MS = 400
const RETRY_MS = 3000
const HISTORY_KEPT = 500
const draftKey = (name: string) => `rensa.draft.${name}`
const historyKey = (name: string) => `rensa.history.${name}`

async function load(name: string): Promise<{ text: string; revision: string }> {
  const answer = await request(`/projects/${q(name)}`)
  return { text: await answer.text(), revision: answer.headers.get("ETag") ?? "" }
}

function kept<T>(storage: Storage, key: string): T | undefined {
  try {
    return JSON.parse(storage.getItem(key) ?? "null") ?? undefined
  } catch {
    return undefined
  }
}

function keep(storage: Storage, key: string, value: unknown) {
  try {
    if (value === undefined) storage.removeItem(key)
    else storage.setItem(key, JSON.stringify(value))
  } catch {
    // Full or switched off: only what a reload would have brought back is lost.
  }
}

export async function openProject(name: string, onDraft: () => void): Promise<Project> {
  let { text, revision } = await load(name)
  const draft = kept<{ text: string; revision: string }>(localStorage, draftKey(name))
  const document = createDocument(text)
  const before = kept<Pick<Parsed, "text" | "past" | "future">>(sessionStorage, historyKey(name))
  if (before?.text === text) document.restore(before.past, before.future)
  const saveState = createStore<SaveState>("saved")
  let saved = text
  let timer: ReturnType<typeof setTimeout> | undefined
  let open = true
  let busy = false

  async function save() {
    if (busy || !open || saveState.get() === "conflict") return
    const sent = document.state.get().text
    if (sent === saved || document.state.get().error) return
    busy = true
    saveState.set("saving")
    try {
      const answer = await request(`/projects/${q(name)}`, { method: "PUT", text: sent, headers: { "If-Match": revision } })
      revision = answer.headers.get("ETag") ?? revision
      saved = sent
      keep(localStorage, draftKey(name), undefined)
      saveState.set("saved")
    } catch (error) {
      const conflict = error instanceof ApiError && (error.status === 412 || error.status === 409)
      saveState.set(conflict ? "conflict" : "unsaved")
      if (!conflict) timer = setTimeout(save, RETRY_MS)
    } finally {
      busy = false
    }
    if (saveState.get() === "saved" && document.state.get().text !== saved) later()
  }

  function later() {
    clearTimeout(timer)
    timer = setTimeout(save, SAVE_AFTER_MS)
  }

  const stop = document.state.subscribe(() => {
    const now = document.state.get()
    if (now.text === saved) return
    keep(localStorage, draftKey(name), { text: now.text, revision })
    if (saveState.get() === "saved") saveState.set("unsaved")
    later()
  })
  const onHide = () => {
    const { text, past, future } = document.state.get()
    keep(sessionStorage, historyKey(name), { text, past: past.slice(-HISTORY_KEPT), future: future.slice(-HISTORY_KEPT) })
  }
  window.addEventListener("pagehide", onHide)

  if (draft && draft.text !== text) {
    if (draft.revision === revision) document.change("draft", draft.text), onDraft()
    else keep(localStorage, draftKey(name), undefined)
  }

  return {
    name, document, saveState,
    get revision() {
      return revision
    },
    async saved() {
      for (let i = 0; i < 50 && document.state.get().text !== saved; i++) {
        if (!busy) await save()
        if (saveState.get() === "conflict" || document.state.get().error) return
        if (document.state.get().text !== saved) await new Promise((done) => setTimeout(done, 100))
      }
    },
    keepMine() {
      void load(name).then((now) => {
        revision = now.revision
        saveState.set("unsaved")
        return save()
      })
    },
    async takeTheirs() {
      const now = await load(name)
      revision = now.revision
      saved = now.text
      keep(localStorage, draftKey(name), undefined)
      document.change("theirs", now.text)
      saveState.set("saved")
    },
    close() {
      onHide()
      void save()
      open = false
      clearTimeout(timer)
      window.removeEventListener("pagehide", onHide)
      stop()
    },
  }
}

export const current = createStore<Project | undefined>(undefined)
export const useProject = () => useStore(current)!
export const useParsed = () => useStore(useProject().document.state)
