// Dark or light: the system's choice unless the user has made one.
import { createKept, useStore } from "./store"

export type Theme = "system" | "light" | "dark"
const theme = createKept<Theme>("rensa.theme", "system")
const system = typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: dark)") : undefined

function show() {
  const chosen = theme.get()
  const dark = chosen === "dark" || (chosen === "system" && !!system?.matches)
  document.documentElement.dataset.theme = dark ? "dark" : "light"
}

export function followTheme() {
  show()
  theme.subscribe(show)
  system?.addEventListener("change", show)
}

export const useTheme = () => useStore(theme)
export const setTheme = (next: Theme) => theme.set(next)
/** Is drawn anew when colours change. */
export const themeStore = theme

/** The value of a token, for drawings that CSS does not reach. */
export const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
