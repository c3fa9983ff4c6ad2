// The same project as text. Typing changes the drawing, the drawing changes the text; both share one history. The editor
// lives in a shadow root: its styles are sheets made by script, which the security policy allows there.
import { Annotation, EditorState } from "@codemirror/state"
import { EditorView } from "@codemirror/view"
import { useEffect, useRef } from "react"
import { difference, type Parsed } from "../lib/document"
import { find, pathAt } from "../lib/json"
import { useProject } from "../lib/project"
import { useStore } from "../lib/store"
import type { Fault } from "../lib/types"
import { redo, undo } from "./commands"
import { checkState, editorNow, select, selection, type CheckState } from "./state"
import { T } from "./texts"
import { editing, setMarks, type Mark } from "./textEditor"

const fromOutside = Annotation.define<boolean>()

export default function TextView() {
  const { document: project } = useProject()
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const checks = useStore(checkState)
  const chosen = useStore(selection)
  const t = T()

  useEffect(() => {
    const box = host.current!
    const root = box.shadowRoot ?? box.attachShadow({ mode: "open" })
    const inner = document.createElement("div")
    inner.style.height = "100%"
    root.replaceChildren(inner)
    const leave = () => {
      mine.contentDOM.blur()
      document.querySelector<HTMLElement>(".canvas")?.focus()
    }
    const mine = new EditorView({
      parent: inner,
      root,
      state: EditorState.create({
        doc: project.state.get().text,
        extensions: [
          editing({ label: t.text, undo, redo, leave }),
          EditorView.updateListener.of((u) => {
            if (u.docChanged && !u.transactions.some((x) => x.annotation(fromOutside))) project.change(t.text, u.state.doc.toString(), "text")
            if (u.selectionSet && u.view.hasFocus && !u.docChanged) follow(u.state.selection.main.head)
          }),
        ],
      }),
    })
    view.current = mine
    const stop = project.state.subscribe(() => {
      const text = project.state.get().text
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
  }, [project, t])

  const now = useStore(project.state)
  useEffect(() => view.current?.dispatch({ effects: setMarks.of(marksOf(now, checks)) }), [checks, now])

  useEffect(() => {
    const mine = view.current
    const editor = editorNow.get()
    const layer = chosen.size === 1 ? editor?.network.byName.get([...chosen][0]!) : undefined
    if (!mine || !layer || mine.hasFocus) return
    const end = Math.min(layer.node.end, mine.state.doc.length)
    const start = Math.min(layer.node.start, end)
    mine.dispatch({ selection: { anchor: start, head: end }, effects: EditorView.scrollIntoView(start, { y: "center" }) })
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
  const index = path[list.length]
  if (list.every((p, i) => path[i] === p) && typeof index === "number") select(editor.network.layers[index]?.name ?? "")
}

function marksOf(now: Parsed, checks: CheckState): Mark[] {
  const length = now.text.length
  if (now.error) return [{ from: Math.max(0, Math.min(now.error.at, length - 1)), to: Math.min(now.error.at + 1, length), bad: true, message: now.error.what }]
  if (checks.text !== now.text) return []
  const mark = (bad: boolean) => (f: Fault): Mark => {
    const node = f.path ? find(now.root, f.path.split(".").map((p) => (/^\d+$/.test(p) ? Number(p) : p))) : undefined
    const from = node?.start ?? 0
    return { from, to: Math.min(node ? Math.min(node.end, from + 200) : 1, length), bad, message: [f.what, f.detail].filter(Boolean).join("\n") }
  }
  return [...(checks.check?.errors ?? []).map(mark(true)), ...(checks.check?.warnings ?? []).map(mark(false))]
}
