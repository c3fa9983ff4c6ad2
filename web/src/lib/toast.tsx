// Short messages at the lower edge, with a way back where there is one. Read out by screen readers.
import { createStore, useStore } from "./store"
import { texts } from "./texts"
import { Icon } from "./icons"

interface Toast {
  id: number
  text: string
  bad: boolean
  undo?: () => void
}

const T = texts({ undo: "Undo", close: "Close", messages: "Messages" }, { undo: "元に戻す", close: "閉じる", messages: "お知らせ" })
const toasts = createStore<Toast[]>([])
let last = 0

const drop = (id: number) => toasts.set((all) => all.filter((t) => t.id !== id))

export function say(text: string, { bad = false, undo }: { bad?: boolean; undo?: () => void } = {}) {
  const id = ++last
  toasts.set((all) => [...all.filter((t) => t.text !== text), { id, text, bad, undo }].slice(-3))
  setTimeout(() => drop(id), bad || undo ? 9000 : 4000)
}

export const sayError = (error: unknown) => say(error instanceof Error ? error.message : String(error), { bad: true })

export function Toasts() {
  const all = useStore(toasts)
  const t = T()
  return (
    <div className="toasts" role="region" aria-label={t.messages} aria-live="polite">
      {all.map((toast) => (
        <div key={toast.id} className={toast.bad ? "toast bad" : "toast"}>
          {toast.bad && <Icon name="alert" />}
          <span>{toast.text}</span>
          {toast.undo && (
            <button className="link" onClick={() => (toast.undo!(), drop(toast.id))}>
              {t.undo}
            </button>
          )}
          <button className="icon" aria-label={t.close} onClick={() => drop(toast.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
