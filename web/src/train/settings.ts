// The settings of a training in the project's text, and lists of values that make a sweep, which the text cannot hold.
import { find, print, set, type Path, type Value } from "../lib/json"
import type { Project } from "../lib/project"
import { createKept, type Store } from "../lib/store"
import { isDict } from "../network/model"

const stores = new Map<string, Store<Record<string, string>>>()

/** Lists of values by path, "training.batch": "32, 64"; they live as long as the browser's tab. */
export function sweeps(project: string): Store<Record<string, string>> {
  let store = stores.get(project)
  if (!store) stores.set(project, (store = createKept<Record<string, string>>(`rensa.sweep.${project}`, {}, () => sessionStorage)))
  return store
}

export const isList = (text: string) => text.split(",").filter((p) => p.trim() !== "").length > 1 && !text.trim().startsWith("=")

export const combinations = (all: Record<string, string>) => Object.values(all).reduce((n, list) => n * list.split(",").filter((p) => p.trim() !== "").length, 1)

export function setting(project: Project, path: Path): Value | undefined {
  return find(project.document.state.get().root, ["training", ...path])?.value
}

export function setSetting(project: Project, path: Path, value: Value | undefined) {
  const { text, root, error } = project.document.state.get()
  if (error) return
  let next = text
  // A name that gets members becomes an object: "adam" → {"type": "adam", …}.
  for (let i = 1; i < path.length; i++) {
    const at = ["training", ...path.slice(0, i)]
    const old = find(root, at)?.value
    if (typeof old === "string") next = set(next, at, { type: old })
  }
  next = set(next, ["training", ...path], value)
  project.document.change(path.join("."), tidy(next, ["training", ...path.slice(0, -1)]), `training/${path.join("/")}`)
}

/** An object that has lost its last member goes. */
function tidy(text: string, path: Path): string {
  return path.length > 1 && value(text, path) === "{}" ? set(text, path, undefined) : text
}

function value(text: string, path: Path): string {
  try {
    const v = path.reduce((node: Value | undefined, step) => (isDict(node) ? node[String(step)] : undefined), JSON.parse(text) as Value)
    return v === undefined ? "" : print(v)
  } catch {
    return ""
  }
}
