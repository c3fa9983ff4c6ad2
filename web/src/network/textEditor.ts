// The text editor: CodeMirror's view with what JSON needs, in a few lines instead of the packages for whole languages.
import { EditorSelection, Prec, StateEffect, StateField, type Extension } from "@codemirror/state"
import { Decoration, EditorView, gutter, GutterMarker, highlightActiveLine, hoverTooltip, keymap, lineNumbers, MatchDecorator, ViewPlugin, type Command, type DecorationSet, type ViewUpdate } from "@codemirror/view"

const WORDS = /("(?:[^"\\\n]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|\b(?:true|false|null)\b|[{}[\],:]/g
const kinds = { name: Decoration.mark({ class: "j-name" }), text: Decoration.mark({ class: "j-text" }), number: Decoration.mark({ class: "j-number" }), word: Decoration.mark({ class: "j-word" }), mark: Decoration.mark({ class: "j-mark" }) }

const colouring = new MatchDecorator({
  regexp: WORDS,
  decorate(add, from, to, match) {
    if (match[1] !== undefined) return add(from, from + match[1].length, match[2] === undefined ? kinds.text : kinds.name)
    const first = match[0][0]!
    add(from, to, /[-\d]/.test(first) ? kinds.number : /[a-z]/.test(first) ? kinds.word : kinds.mark)
  },
})

const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet
    constructor(view: EditorView) {
      this.decorations = colouring.createDeco(view)
    }
    update(update: ViewUpdate) {
      this.decorations = colouring.updateDeco(update, this.decorations)
    }
  },
  { decorations: (v) => v.decorations },
)

/** A fault at a place of the text. */
export interface Mark {
  from: number
  to: number
  bad: boolean
  message: string
}

export const setMarks = StateEffect.define<Mark[]>()
const marks = StateField.define<Mark[]>({
  create: () => [],
  update(list, change) {
    for (const effect of change.effects) if (effect.is(setMarks)) return effect.value
    return change.docChanged ? list.map((m) => ({ ...m, from: change.changes.mapPos(m.from), to: change.changes.mapPos(m.to) })) : list
  },
  provide: (field) =>
    EditorView.decorations.from(field, (list) =>
      Decoration.set(list.filter((m) => m.to > m.from).map((m) => Decoration.mark({ class: m.bad ? "j-bad" : "j-warn" }).range(m.from, m.to)), true),
    ),
})

class Dot extends GutterMarker {
  constructor(readonly mark: Mark) {
    super()
  }
  override eq(other: Dot) {
    return other.mark.message === this.mark.message
  }
  override toDOM() {
    const dot = document.createElement("div")
    dot.className = this.mark.bad ? "dot-bad" : "dot-warn"
    dot.title = this.mark.message
    return dot
  }
}

const dots = gutter({
  class: "cm-dots",
  lineMarker(view, line) {
    const mark = view.state.field(marks).find((m) => m.from >= line.from && m.from <= line.to)
    return mark ? new Dot(mark) : null
  },
  lineMarkerChange: (update) => update.transactions.some((t) => t.effects.some((e) => e.is(setMarks))),
})

const messages = hoverTooltip((view, at) => {
  const mark = view.state.field(marks).find((m) => m.from <= at && at <= m.to)
  if (!mark) return null
  const dom = document.createElement("div")
  dom.className = "j-message"
  dom.textContent = mark.message
  return { pos: mark.from, create: () => ({ dom }) }
})

const newLine: Command = (view) => {
  const { state } = view
  view.dispatch(
    state.changeByRange((range) => {
      const line = state.doc.lineAt(range.from)
      const indent = /^[ \t]*/.exec(line.text)![0].slice(0, range.from - line.from)
      const deeper = /[[{]\s*$/.test(state.sliceDoc(line.from, range.from)) ? "  " : ""
      const insert = `\n${indent}${deeper}`
      return { changes: { from: range.from, to: range.to, insert }, range: EditorSelection.cursor(range.from + insert.length) }
    }),
    { scrollIntoView: true, userEvent: "input" },
  )
  return true
}

const shift = (by: 1 | -1): Command => (view) => {
  const { state } = view
  const range = state.selection.main
  const first = state.doc.lineAt(range.from).number
  const last = state.doc.lineAt(range.to).number
  const changes = Array.from({ length: last - first + 1 }, (_, i) => {
    const line = state.doc.line(first + i)
    return by > 0 ? { from: line.from, insert: "  " } : { from: line.from, to: line.from + /^ {0,2}/.exec(line.text)![0].length }
  })
  view.dispatch({ changes, userEvent: "input.indent" })
  return true
}

const all: Command = (view) => {
  view.dispatch({ selection: { anchor: 0, head: view.state.doc.length } })
  return true
}

const toEnd = (end: boolean, extend: boolean): Command => (view) => {
  const head = end ? view.state.doc.length : 0
  view.dispatch({ selection: { anchor: extend ? view.state.selection.main.anchor : head, head }, scrollIntoView: true })
  return true
}

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "12px", backgroundColor: "var(--panel)", color: "var(--ink)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--faint)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--hover) 60%, transparent)" },
  "&.cm-focused": { outline: "none" },
  "& ::selection": { backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)", borderRadius: "6px" },
  ".j-name": { color: "var(--accent)" },
  ".j-text": { color: "var(--code-text)" },
  ".j-number": { color: "var(--code-number)" },
  ".j-word": { color: "var(--code-word)" },
  ".j-mark": { color: "var(--faint)" },
  ".j-bad": { textDecoration: "underline wavy var(--bad)", textUnderlineOffset: "3px" },
  ".j-warn": { textDecoration: "underline wavy var(--warn)", textUnderlineOffset: "3px" },
  ".j-message": { padding: "6px 10px", maxWidth: "420px", whiteSpace: "pre-wrap", fontFamily: "var(--font)" },
  ".cm-dots": { width: "10px" },
  ".dot-bad, .dot-warn": { width: "7px", height: "7px", margin: "6px 1px", borderRadius: "50%", backgroundColor: "var(--bad)" },
  ".dot-warn": { backgroundColor: "var(--warn)" },
})

/** Escape leaves the editor, so that the Tab key is no trap. */
export function editing({ label, undo, redo, leave }: { label: string; undo: () => void; redo: () => void; leave: () => void }): Extension {
  const run = (what: () => void): Command => () => (what(), true)
  return [
    lineNumbers(), dots, highlightActiveLine(), colours, marks, messages, look,
    EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
    Prec.high(
      keymap.of([
        { key: "Mod-z", run: run(undo), preventDefault: true },
        { key: "Mod-y", run: run(redo), preventDefault: true },
        { key: "Mod-Shift-z", run: run(redo), preventDefault: true },
        { key: "Escape", run: run(leave) },
        { key: "Enter", run: newLine },
        { key: "Tab", run: shift(1) },
        { key: "Shift-Tab", run: shift(-1) },
        { key: "Mod-a", run: all },
        { key: "Mod-Home", run: toEnd(false, false), shift: toEnd(false, true) },
        { key: "Mod-End", run: toEnd(true, false), shift: toEnd(true, true) },
      ]),
    ),
  ]
}
