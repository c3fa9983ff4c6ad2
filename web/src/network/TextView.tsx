// The same project as text. Typing changes the drawing, the drawing changes the text; both share one history. The editor
// lives in a shadow root: its styles are sheets made by script, which the security policy allows there.
import { defaultKeymap, indentWithTab } from "@codemirror/commands"
import { bracketMatching, HighlightStyle, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language"
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint"
import { Annotation, EditorState } from "@codemirror/state"
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view"
import { tags } from "@lezer/highlight"
import { useEffect, useRef } from "react"
import { useProject } from "../lib/project"
import { difference } from "../lib/document"
import { find, pathAt } from "../lib/json"
import { useStore } from "../lib/store"
import { redo, undo } from "./commands"
import { checkState, editorNow, select, selection } from "./state"
import { T } from "./texts"

const fromOutside = Annotation.define<boolean>()

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "12px", backgroundColor: "var(--panel)", color: "var(--ink)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--faint)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--hover) 60%, transparent)" },
  "&.cm-focused": { outline: "none" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-soft)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--hover)", border: "0", color: "var(--soft)" },
})
/** Enough of JSON to colour it; reading it is lib/json's. */
const language = StreamLanguage.define<object>({
  token(stream) {
    if (stream.eatSpace()) return null
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return stream.match(/^\s*:/, false) ? "propertyName" : "string"
    if (stream.match(/^-?\d[\d.eE+-]*/)) return "number"
    if (stream.match(/^(true|false)\b/)) return "bool"
    if (stream.match(/^null\b/)) return "null"
    stream.next()
    return "punctuation"
  },
})

const words = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--code-text)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: [tags.bool, tags.null], color: "var(--code-word)" },
  { tag: tags.punctuation, color: "var(--faint)" },
])

export default function TextView() {
  const { document } = useProject()
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const checks = useStore(checkState)
  const chosen = useStore(selection)
  const t = T()

  useEffect(() => {
    const box = host.current!
    const root = box.shadowRoot ?? box.attachShadow({ mode: "open" })
    root.replaceChildren()
    const inner = globalThis.document.createElement("div")
    inner.style.height = "100%"
    root.append(inner)
    const mine = new EditorView({
      parent: inner,
      root,
      state: EditorState.create({
        doc: document.state.get().text,
        extensions: [
          lineNumbers(), drawSelection(), bracketMatching(), highlightActiveLine(), language, indentUnit.of("  "), lintGutter(), look, syntaxHighlighting(words),
          EditorView.contentAttributes.of({ "aria-label": t.text, tabindex: "0" }),
          keymap.of([
            { key: "Mod-z", run: () => (undo(), true), preventDefault: true },
            { key: "Mod-y", run: () => (redo(), true), preventDefault: true },
            { key: "Mod-Shift-z", run: () => (redo(), true), preventDefault: true },
            { key: "Escape", run: (v) => (v.contentDOM.blur(), globalThis.document.querySelector<HTMLElement>(".canvas")?.focus(), true) },
            ...defaultKeymap, indentWithTab,
          ]),
          EditorView.updateListener.of((u) => {
            if (u.docChanged && !u.transactions.some((x) => x.annotation(fromOutside))) document.change(T().text, u.state.doc.toString(), "text")
            if (u.selectionSet && u.view.hasFocus && !u.docChanged) follow(u.state.selection.main.head)
          }),
        ],
      }),
    })
    view.current = mine
    const stop = document.state.subscribe(() => {
      const text = document.state.get().text
      const old = mine.state.doc.toString()
      if (text === old) return
      const d = difference(old, text)
      mine.dispatch({ changes: { from: d.at, to: d.at + d.removed.length, insert: d.inserted }, annotations: fromOutside.of(true) })
    })
    return () => {
      stop()
      mine.destroy()
      view.current = undefined
    }
  }, [document])

  useEffect(() => mark(view.current, document.state.get(), checks.text, checks.check?.errors ?? [], checks.check?.warnings ?? []), [checks, document])

  useEffect(() => {
    const mine = view.current
    const editor = editorNow.get()
    const layer = chosen.size === 1 ? editor?.network.byName.get([...chosen][0]!) : undefined
    if (!mine || !layer || mine.hasFocus) return
    const end = Math.min(layer.node.end, mine.state.doc.length)
    mine.dispatch({ selection: { anchor: Math.min(layer.node.start, end), head: end }, effects: EditorView.scrollIntoView(Math.min(layer.node.start, end), { y: "center" }) })
  }, [chosen])

  return <div className="text-view" ref={host} />
}

/** The caret in a layer chooses its block. */
function follow(at: number) {
  const editor = editorNow.get()
  const { root, error } = editor?.document.state.get() ?? {}
  if (!editor || !root || error) return
  const path = pathAt(root, at)
  const list = editor.network.list
  if (list.every((p, i) => path[i] === p) && typeof path[list.length] === "number") select(editor.network.layers[path[list.length] as number]?.name ?? "")
}

type Faults = { what: string; detail?: string; path?: string }[]

function mark(view: EditorView | undefined, now: { text: string; root: Parameters<typeof find>[0]; error?: { what: string; at: number } }, checked: string | undefined, errors: Faults, warnings: Faults) {
  if (!view) return
  const length = view.state.doc.length
  const all: Diagnostic[] = []
  if (now.error) all.push({ from: Math.min(now.error.at, length), to: Math.min(now.error.at + 1, length), severity: "error", message: now.error.what })
  else if (checked === now.text)
    for (const [list, severity] of [[errors, "error"], [warnings, "warning"]] as const)
      for (const f of list) {
        const node = f.path ? find(now.root, f.path.split(".").map((p) => (/^\d+$/.test(p) ? Number(p) : p))) : undefined
        const from = Math.min(node?.start ?? 0, length)
        all.push({ from, to: Math.min(Math.max(node ? Math.min(node.end, from + 200) : 1, from), length), severity, message: [f.what, f.detail].filter(Boolean).join("\n") })
      }
  view.dispatch(setDiagnostics(view.state, all))
}
