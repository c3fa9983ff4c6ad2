// A value with listeners, for state of the page that several parts look at.
import { useSyncExternalStore } from "react"

export interface Store<T> {
  get(): T
  set(next: T | ((old: T) => T)): void
  subscribe(listener: () => void): () => void
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      const now = typeof next === "function" ? (next as (old: T) => T)(value) : next
      if (Object.is(now, value)) return
      value = now
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** What a store holds, or a part of it. `pick` must give the same object for the same state. */
export function useStore<T>(store: Store<T>): T
export function useStore<T, P>(store: Store<T>, pick: (value: T) => P): P
export function useStore<T, P>(store: Store<T>, pick?: (value: T) => P) {
  return useSyncExternalStore(store.subscribe, () => (pick ? pick(store.get()) : store.get()))
}

/** A store that the browser remembers. */
export function createKept<T>(key: string, initial: T, where: () => Storage = () => localStorage): Store<T> {
  const store = createStore(initial)
  try {
    const kept = where().getItem(key)
    if (kept !== null) store.set(JSON.parse(kept) as T)
    store.subscribe(() => where().setItem(key, JSON.stringify(store.get())))
  } catch {
    // Storage is switched off: the value lives as long as the page.
  }
  return store
}
