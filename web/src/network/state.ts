// What is open and chosen in the editor; the network itself is the project's text.
import { createContext, useContext } from "react"
import { createKept, createStore, type Store } from "../lib/store"
import type { Document } from "../lib/document"
import type { Check, Cost, LayerType, Palette } from "../lib/types"
import type { Path } from "../lib/json"
import type { Network } from "./model"
import type { Crumb } from "./open"

export interface CheckState {
  check?: Check
  /** The text that it judges. */
  text?: string
  busy: boolean
  failed?: string
}

export const selection = createStore<ReadonlySet<string>>(new Set())
export const checkState = createStore<CheckState>({ busy: false })
export const shownCost = createKept<Cost | undefined>("rensa.cost", undefined)
export const textOpen = createKept("rensa.text", false)
/** Which window asks for something. */
export type Asking = "add" | "replace" | "connect" | "input" | "unit" | "newUnit" | "newNetwork" | "rename"
export const asking = createStore<Asking | undefined>(undefined)

export interface Editor {
  document: Document
  palette: Palette
  types: Map<string, LayerType>
  network: Network
  /** Of the layers in this network as the check names them: "" or "stage_1/". */
  prefix: string
  /** The network of the check that they are found in. */
  checked: string
  /** The id of the outermost network, and the way from there. */
  outer: string
  crumbs: Crumb[]
  project: string
}

export const EditorContext = createContext<Editor>(undefined!)
export const useEditor = () => useContext(EditorContext)
/** The editor of the last drawing, for what is not a component. */
export const editorNow: Store<Editor | undefined> = createStore<Editor | undefined>(undefined)

export const samePath = (a: Path, b: Path) => a.length === b.length && a.every((v, i) => v === b[i])
/** A block that is to come into view once it is drawn. */
export const revealing = createStore<string | undefined>(undefined)
export const select = (...names: string[]) => selection.set(new Set(names))
