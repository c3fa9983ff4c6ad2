// The one stream of live events of a page. Whoever listens gets every event; after a pause of the connection all that was
// asked before is asked again, since events may have been missed.
import type { QueryClient } from "@tanstack/react-query"
import { createStore } from "./store"
import type { LiveEvent } from "./types"

export const online = createStore(true)

/** How busy the machine is; shares from 0 to 1, bytes. */
export interface SystemUse {
  cpu: number
  cores: number
  memory: number
  memory_total: number
  gpus: { name?: string; use?: number; memory?: number; memory_total?: number }[]
}
export const system = createStore<SystemUse | undefined>(undefined)
const listeners = new Set<(event: LiveEvent) => void>()

export function onEvent(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}


let timer: ReturnType<typeof setTimeout> | undefined

/** Runs that change many times a second are asked for once a second. */
function later(queries: QueryClient) {
  timer ??= setTimeout(() => {
    timer = undefined
    void queries.invalidateQueries({ queryKey: ["runs"] })
  }, 700)
}

export function openEvents(queries: QueryClient): () => void {
  const source = new EventSource("/api/events")
  const receive = (message: MessageEvent<string>) => {
    let event: LiveEvent
    try {
      event = JSON.parse(message.data) as LiveEvent
    } catch {
      return
    }
    if (event.type === "run" || event.type === "gone") later(queries)
    if (event.type === "data") void queries.invalidateQueries({ queryKey: ["data"] })
    if (event.type === "project") void queries.invalidateQueries({ queryKey: ["projects"] })
    if (event.type === "system") system.set(event as unknown as SystemUse)
    for (const listener of [...listeners]) listener(event)
  }
  source.addEventListener("message", receive)
  source.addEventListener("open", () => {
    if (!online.get()) void queries.invalidateQueries()
    online.set(true)
  })
  source.addEventListener("error", () => online.set(false))
  return () => source.close()
}
