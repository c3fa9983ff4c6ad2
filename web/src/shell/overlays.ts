import { createStore } from "../lib/store"

export const help = createStore(false)
export const commands = createStore(false)
