// Addresses. /p/NAME/PLACE/… says exactly what is seen; all other state lives in stores.
import { createStore, useStore } from "./store"

export const PLACES = ["data", "network", "train", "evaluate", "report"] as const
export type Place = (typeof PLACES)[number]

export interface Address {
  project?: string
  place?: Place
  rest: string[]
  query: URLSearchParams
}

export function readAddress(url: URL): Address {
  const parts = url.pathname.split("/").filter(Boolean).map(decode)
  const query = url.searchParams
  if (parts[0] !== "p" || !parts[1]) return { rest: [], query }
  const place = PLACES.find((p) => p === parts[2])
  return { project: parts[1], place: place ?? "network", rest: place ? parts.slice(3) : [], query }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function link(project?: string, place?: Place, ...rest: string[]): string {
  if (!project) return "/"
  return "/" + ["p", project, place ?? "network", ...rest].map(encodeURIComponent).join("/").replaceAll("%2B", "+")
}

const address = createStore<Address>(
  typeof location === "undefined" ? { rest: [], query: new URLSearchParams() } : readAddress(new URL(location.href)),
)
const read = () => address.set(readAddress(new URL(location.href)))
if (typeof window !== "undefined") window.addEventListener("popstate", read)

export const useAddress = () => useStore(address)
export const getAddress = () => address.get()

export function go(to: string, { replace = false } = {}) {
  if (to === location.pathname + location.search) return
  history[replace ? "replaceState" : "pushState"](null, "", to)
  read()
}

/** Changes the question mark's part alone, without a new entry in the history. */
export function setQuery(changes: Record<string, string | undefined>) {
  const url = new URL(location.href)
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === "") url.searchParams.delete(key)
    else url.searchParams.set(key, value)
  }
  go(url.pathname + url.search, { replace: true })
}
