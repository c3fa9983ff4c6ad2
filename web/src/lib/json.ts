// JSON with places: a parser that knows where each value stands in the text, and edits of the text that leave everything
// else as it was written. The text of a project is the truth; drawing and forms are views of it.

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value }
export type Path = (string | number)[]

export interface Member {
  key: string
  start: number
  value: Node
}

export interface Node {
  kind: "object" | "array" | "string" | "number" | "word"
  start: number
  end: number
  value: Value
  members?: Member[]
  items?: Node[]
}

export class JsonError extends Error {
  constructor(
    readonly what: string,
    readonly at: number,
  ) {
    super(what)
  }
}

const SPACE = /[ \t\r\n]*/y
const NUMBER = /-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const WORD = /true|false|null/y
const DEPTH_MAX = 200

export function parse(text: string): Node {
  let at = 0
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at = pattern.lastIndex
    return found?.[0]
  }
  const fail = (what: string): never => {
    throw new JsonError(what, at)
  }
  const expect = (char: string) => {
    match(SPACE)
    if (text[at] !== char) fail(at < text.length ? `expected "${char}" before "${text[at]}"` : `expected "${char}" at the end`)
    at++
  }
  const more = (close: string) => {
    match(SPACE)
    if (text[at] === close) return at++, false
    if (text[at] !== ",") fail(at < text.length ? `expected "," or "${close}" before "${text[at]}"` : `expected "${close}" at the end`)
    at++
    return true
  }

  function object(start: number, depth: number): Node {
    const members: Member[] = []
    const value: { [key: string]: Value } = {}
    at++
    match(SPACE)
    let open = text[at] !== "}"
    if (!open) at++
    while (open) {
      match(SPACE)
      const keyAt = at
      const key = match(STRING)
      if (key === undefined) return fail('expected a name in quotes ("…")')
      const name = JSON.parse(key) as string
      expect(":")
      const node = any(depth + 1)
      members.push({ key: name, start: keyAt, value: node })
      Object.defineProperty(value, name, { value: node.value, enumerable: true, configurable: true, writable: true })
      open = more("}")
    }
    return { kind: "object", start, end: at, value, members }
  }

  function array(start: number, depth: number): Node {
    const items: Node[] = []
    at++
    match(SPACE)
    let open = text[at] !== "]"
    if (!open) at++
    while (open) {
      items.push(any(depth + 1))
      open = more("]")
    }
    return { kind: "array", start, end: at, value: items.map((i) => i.value), items }
  }

  function any(depth: number): Node {
    match(SPACE)
    const start = at
    if (depth > DEPTH_MAX) return fail("nested too deeply")
    if (text[at] === "{") return object(start, depth)
    if (text[at] === "[") return array(start, depth)
    const kinds: [Node["kind"], RegExp][] = [
      ["string", STRING],
      ["number", NUMBER],
      ["word", WORD],
    ]
    for (const [kind, pattern] of kinds) {
      const token = match(pattern)
      if (token !== undefined) return { kind, start, end: at, value: JSON.parse(token) as Value }
    }
    return fail(at < text.length ? `expected a value before "${text[at]}"` : "expected a value at the end")
  }

  const root = any(0)
  match(SPACE)
  if (at < text.length) fail(`nothing more is expected, but there is "${text[at]}"`)
  return root
}

/** The node at a path, undefined where there is none. Of members with the same name it is the last, as in JSON.parse. */
export function find(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root
  for (const step of path) {
    if (!node) return undefined
    node = typeof step === "number" ? node.items?.[step] : node.members?.findLast((m) => m.key === step)?.value
  }
  return node
}

/** The path of the innermost value around a place in the text. */
export function pathAt(root: Node, at: number): Path {
  const inside = (n: { start: number }, end: number) => n.start <= at && at <= end
  const item = root.items?.findIndex((i) => inside(i, i.end)) ?? -1
  if (item >= 0) return [item, ...pathAt(root.items![item]!, at)]
  const member = root.members?.find((m) => inside(m, m.value.end))
  return member ? [member.key, ...pathAt(member.value, at)] : []
}

/** As the project's own files are written: what fits on a line stands on one. */
export function print(value: Value, indent = "", width = 120): string {
  const flat = printFlat(value)
  if (typeof value !== "object" || value === null || indent.length + flat.length <= width) return flat
  const deeper = indent + "  "
  const rows = Array.isArray(value)
    ? value.map((v) => deeper + print(v, deeper, width))
    : Object.entries(value).map(([k, v]) => `${deeper}${JSON.stringify(k)}: ${print(v, deeper, width)}`)
  const [open, close] = Array.isArray(value) ? "[]" : "{}"
  return `${open}\n${rows.join(",\n")}\n${indent}${close}`
}

function printFlat(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(printFlat).join(", ")}]`
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value).map(([k, v]) => `${JSON.stringify(k)}: ${printFlat(v)}`).join(", ")}}`
  return JSON.stringify(value)
}

/** As one writes it in a field: lists without brackets, texts without quotes. */
export function valueText(v: Value): string {
  if (Array.isArray(v)) return v.map(valueText).join(", ")
  if (typeof v === "string") return v
  return JSON.stringify(v)
}

const cut = (text: string, from: number, to: number, insert: string) => text.slice(0, from) + insert + text.slice(to)

/** The blanks at the beginning of the line that holds a place. */
function indentAt(text: string, at: number): string {
  const line = text.lastIndexOf("\n", at - 1) + 1
  return /^[ \t]*/.exec(text.slice(line, at))![0]
}

/** The text with another value at a path, which is made where it is missing; undefined takes it away. */
export function set(text: string, path: Path, value: Value | undefined): string {
  const root = parse(text)
  const old = find(root, path)
  const step = path.at(-1)
  if (step === undefined) return value === undefined ? text : print(value)
  if (old && value !== undefined) return cut(text, old.start, old.end, print(value, indentAt(text, old.start)))
  if (value === undefined) return old ? remove(text, find(root, path.slice(0, -1))!, step) : text
  const parent = find(root, path.slice(0, -1))
  if (!parent || (typeof step === "string" ? !parent.members : !parent.items))
    return set(text, path.slice(0, -1), typeof step === "string" ? { [step]: value } : [value])
  return add(text, parent, typeof step === "string" ? `${JSON.stringify(step)}: ` : "", value)
}

/** Behind the last element, in the form that the others have. */
function add(text: string, parent: Node, head: string, value: Value): string {
  const all = parent.members ?? parent.items!
  const last = all.at(-1)
  if (!last) return cut(text, parent.start + 1, parent.end - 1, head + print(value, indentAt(text, parent.start)))
  const end = "key" in last ? last.value.end : last.end
  const broken = text.slice(parent.start, last.start).includes("\n")
  const indent = indentAt(text, last.start)
  return cut(text, end, end, broken ? `,\n${indent}${head}${print(value, indent)}` : `, ${head}${print(value, indent)}`)
}

function remove(text: string, parent: Node, step: string | number): string {
  const spans = parent.members
    ? parent.members.map((m) => ({ start: m.start, end: m.value.end }))
    : parent.items!.map((i) => ({ start: i.start, end: i.end }))
  const index = typeof step === "number" ? step : parent.members!.findLastIndex((m) => m.key === step)
  const span = spans[index]!
  const before = spans[index - 1]
  const after = spans[index + 1]
  if (before) return cut(text, before.end, span.end, "")
  if (after) return cut(text, span.start, after.start, "")
  return cut(text, parent.start + 1, parent.end - 1, "")
}

/** Line and column of a place, both from 1. */
export function lineOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at)
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") }
}
