// The map of keys. A place registers what its keys do; the help overlay and the command palette show the same list.
import { useEffect, useRef } from "react"
import { createStore } from "./store"

export interface Action {
  id: string
  text: string
  /** "mod+z", "shift+?", "a"; several by spaces. */
  keys?: string
  group?: string
  run: () => void
  /** Also while a field is being typed in. */
  everywhere?: boolean
  disabled?: boolean
}

export const actions = createStore<Action[]>([])
const mac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform)

const NAMES: Record<string, string> = {
  mod: mac ? "⌘" : "Ctrl", shift: mac ? "⇧" : "Shift", alt: mac ? "⌥" : "Alt",
  arrowup: "↑", arrowdown: "↓", arrowleft: "←", arrowright: "→", enter: "Enter", escape: "Esc", delete: "Del", backspace: "⌫", " ": "Space",
}

/** As it stands on keyboards: Ctrl+Z. */
export const keyName = (keys: string) =>
  keys.split(" ")[0]!.split("+").map((k) => NAMES[k] ?? (k.length === 1 ? k.toUpperCase() : k)).join(mac ? "" : "+")

/** " (Ctrl+Z)" for tooltips. */
export const keyHint = (keys?: string) => (keys ? ` (${keyName(keys)})` : "")

function pressed(event: KeyboardEvent): string {
  const key = event.key.toLowerCase()
  const parts = [event.ctrlKey || event.metaKey ? "mod" : "", event.altKey ? "alt" : ""]
  if (event.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push("shift")
  return [...parts.filter(Boolean), key].join("+")
}

export const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select") || target.shadowRoot !== null)

function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing) return
  const key = pressed(event)
  const modal = document.querySelector("dialog[open]")
  const typing = isTyping(event.composedPath()[0] ?? null) || isTyping(event.target)
  for (const action of [...actions.get()].reverse()) {
    if (action.disabled || !action.keys?.split(" ").includes(key)) continue
    if ((typing && !action.everywhere) || (modal && !action.everywhere)) continue
    event.preventDefault()
    action.run()
    return
  }
}

export function listenToKeys(): () => void {
  window.addEventListener("keydown", onKey)
  return () => window.removeEventListener("keydown", onKey)
}

/** Keeps actions registered while a component lives; what they do is always that of the last drawing. */
export function useActions(list: Action[]) {
  const now = useRef(list)
  now.current = list
  const shape = list.map((a) => `${a.id}:${a.text}:${a.keys}:${a.disabled}`).join("|")
  useEffect(() => {
    const mine = now.current.map((a) => ({ ...a, run: () => now.current.find((b) => b.id === a.id)?.run() }))
    actions.set((all) => [...all, ...mine])
    return () => actions.set((all) => all.filter((a) => !mine.includes(a)))
  }, [shape])
}
