// A text with a history without end. Every change is one splice, so that undoing all gives the same text to the letter.
import { createStore, type Store } from "./store"
import { JsonError, lineOf, parse, type Node } from "./json"

export interface Splice {
  label: string
  at: number
  removed: string
  inserted: string
  /** Changes with the same key that follow at once become one. */
  merge?: string
  time: number
}

export interface Parsed {
  text: string
  /** Of the last text that could be read. */
  root: Node
  /** The text that root belongs to. */
  rootText: string
  error?: { what: string; at: number; line: number; column: number }
  past: readonly Splice[]
  future: readonly Splice[]
}

export interface Document {
  state: Store<Parsed>
  change(label: string, text: string, merge?: string): void
  undo(): Splice | undefined
  redo(): Splice | undefined
  /** Another text without a step of history: what came from the server. */
  reset(text: string): void
  /** The history that a reload had interrupted. */
  restore(past: readonly Splice[], future: readonly Splice[]): void
}

const MERGE_MS = 1200

/** The smallest splice between two texts. */
export function difference(from: string, to: string): { at: number; removed: string; inserted: string } {
  const most = Math.min(from.length, to.length)
  let head = 0
  while (head < most && from[head] === to[head]) head++
  let tail = 0
  while (tail < most - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++
  return { at: head, removed: from.slice(head, from.length - tail), inserted: to.slice(head, to.length - tail) }
}

const apply = (text: string, at: number, removed: string, inserted: string) => text.slice(0, at) + inserted + text.slice(at + removed.length)

function read(text: string, old: Parsed | undefined, past: readonly Splice[], future: readonly Splice[]): Parsed {
  try {
    return { text, root: parse(text), rootText: text, past, future }
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    const root = old ?? { root: parse("{}"), rootText: "{}" }
    return { text, root: root.root, rootText: root.rootText, past, future, error: { what: error.what, at: error.at, ...lineOf(text, error.at) } }
  }
}

export function createDocument(text: string, clock: () => number = Date.now): Document {
  const state = createStore(read(text, undefined, [], []))
  return {
    state,
    change(label, next, merge) {
      const now = state.get()
      if (next === now.text) return
      const last = now.past.at(-1)
      const time = clock()
      if (merge && last?.merge === merge && time - last.time < MERGE_MS && !now.future.length) {
        const before = apply(now.text, last.at, last.inserted, last.removed)
        const step = { ...difference(before, next), label, merge, time }
        const rest = now.past.slice(0, -1)
        return state.set(read(next, now, before === next ? rest : [...rest, step], []))
      }
      state.set(read(next, now, [...now.past, { ...difference(now.text, next), label, merge, time }], []))
    },
    undo() {
      const now = state.get()
      const step = now.past.at(-1)
      if (!step) return undefined
      state.set(read(apply(now.text, step.at, step.inserted, step.removed), now, now.past.slice(0, -1), [...now.future, step]))
      return step
    },
    redo() {
      const now = state.get()
      const step = now.future.at(-1)
      if (!step) return undefined
      state.set(read(apply(now.text, step.at, step.removed, step.inserted), now, [...now.past, step], now.future.slice(0, -1)))
      return step
    },
    reset(next) {
      state.set(read(next, undefined, [], []))
    },
    restore(past, future) {
      state.set({ ...state.get(), past, future })
    },
  }
}
