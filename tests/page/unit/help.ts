// What the tests of single modules share.
import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"

export const root = process.env.RENSA_ROOT!

export function projects(): [string, string][] {
  return ["src/project/nets", "examples/projects"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((f) => f.endsWith(".json"))
      .map((f): [string, string] => [f, readFileSync(join(root, folder, f), "utf8")]),
  )
}

/** Whole numbers below n, the same ones for the same seed. */
export function random(seed: number): (n: number) => number {
  let s = seed >>> 0
  return (n) => {
    s = (s + 0x6d2b79f5) >>> 0
    let t = Math.imul(s ^ (s >>> 15), 1 | s)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * n)
  }
}
