// The keys of the editor. Arrows walk along the connections; everything the mouse does has a key.
import { useReactFlow } from "@xyflow/react"
import { useEffect } from "react"
import { useActions } from "../lib/keys"
import { isTyping } from "../lib/keys"
import * as commands from "./commands"
import { HEIGHT, WIDTH } from "./blocks"
import { drawn } from "./picture"
import { leave, openLayer } from "./open"
import { asking, revealing, select, selection, textOpen, useEditor } from "./state"
import { T } from "./texts"

type Direction = "up" | "down" | "left" | "right"

/** The block that an arrow leads to: along a connection, or the nearest at that side. */
export function neighbour(name: string | undefined, direction: Direction): string | undefined {
  const { nodes, edges } = drawn.get()
  const blocks = nodes.filter((n) => n.type === "block")
  const here = blocks.find((n) => n.id === name)
  if (!here) return (direction === "up" ? blocks.at(-1) : blocks[0])?.id
  const at = (id: string) => blocks.find((n) => n.id === id)
  const aside = (a: { position: { x: number } }) => Math.abs(a.position.x - here.position.x)
  if (direction === "up" || direction === "down") {
    const linked = edges.flatMap((e) => (direction === "down" ? (e.source === name ? at(e.target) : undefined) : e.target === name ? at(e.source) : undefined) ?? [])
    return linked.sort((a, b) => aside(a) - aside(b))[0]?.id
  }
  const side = direction === "left" ? -1 : 1
  const distance = (n: { position: { x: number; y: number } }) => Math.abs(n.position.y - here.position.y) * 2 + aside(n)
  return blocks.filter((n) => (n.position.x - here.position.x) * side > WIDTH / 3 && Math.abs(n.position.y - here.position.y) < HEIGHT * 3).sort((a, b) => distance(a) - distance(b))[0]?.id
}

export function useEditorKeys() {
  const { network } = useEditor()
  const flow = useReactFlow()
  const t = T()

  const walk = (direction: Direction) => () => {
    const next = neighbour(commands.chosen().at(-1), direction)
    if (next === undefined) return
    select(next)
    revealing.set(next)
  }
  const focusOptions = () => {
    const field = document.querySelector<HTMLInputElement | HTMLSelectElement>(".inspector .option input, .inspector .option select") ?? document.querySelector<HTMLInputElement>(".inspector input")
    field?.focus()
    if (field instanceof HTMLInputElement) field.select()
  }
  const one = () => commands.chosen()[0]

  useActions([
    { id: "undo", text: t.undo, keys: "mod+z", group: t.editing, run: commands.undo },
    { id: "redo", text: t.redo, keys: "mod+shift+z mod+y", group: t.editing, run: commands.redo },
    { id: "add", text: t.addBlock, keys: "a", group: t.editing, run: () => asking.set("add") },
    { id: "replace", text: t.replace, keys: "r", group: t.editing, run: () => one() && asking.set("replace") },
    { id: "connect", text: t.connect, keys: "c", group: t.editing, run: () => one() && asking.set("connect") },
    { id: "input", text: t.addInput, keys: "i", group: t.editing, run: () => one() && asking.set("input") },
    { id: "edit", text: t.edit, keys: "enter", group: t.editing, run: focusOptions },
    { id: "remove", text: t.remove, keys: "delete backspace", group: t.editing, run: () => (commands.chosen().length ? commands.remove() : removeWires()) },
    { id: "duplicate", text: t.duplicate, keys: "mod+d", group: t.editing, run: commands.duplicate },
    { id: "unit", text: t.makeUnit, keys: "u", group: t.editing, run: () => commands.chosen().length && asking.set("unit") },
    { id: "selectAll", text: t.all, keys: "mod+a", group: t.editing, run: () => select(...network.layers.map((l) => l.name)) },
    { id: "invert", text: t.invert, keys: "mod+i", group: t.editing, run: () => select(...network.layers.filter((l) => !selection.get().has(l.name)).map((l) => l.name)) },
    { id: "up", text: t.walkUp, keys: "arrowup", group: t.move, run: walk("up") },
    { id: "down", text: t.walkDown, keys: "arrowdown", group: t.move, run: walk("down") },
    { id: "left", text: t.walkLeft, keys: "arrowleft", group: t.move, run: walk("left") },
    { id: "right", text: t.walkRight, keys: "arrowright", group: t.move, run: walk("right") },
    { id: "open", text: t.openUnit, keys: "mod+enter", group: t.move, run: () => one() && openLayer(one()!) },
    { id: "leave", text: t.leave, keys: "mod+shift+enter", group: t.move, run: leave },
    { id: "arrange", text: t.arrange, keys: "l", group: t.view, run: commands.arrange },
    { id: "fit", text: t.fit, keys: "f", group: t.view, run: () => (revealing.set(undefined), void flow.fitView({ padding: 0.12, maxZoom: 1, duration: 120 })) },
    { id: "zoomIn", text: t.zoomIn, keys: "+ =", group: t.view, run: () => void flow.zoomIn({ duration: 120 }) },
    { id: "zoomOut", text: t.zoomOut, keys: "-", group: t.view, run: () => void flow.zoomOut({ duration: 120 }) },
    { id: "text", text: t.text, keys: "t", group: t.view, run: () => textOpen.set((v) => !v) },
  ])
  useClipboard()
  useEffect(() => {
    const onEscape = (e: KeyboardEvent) => {
      if (e.key !== "Escape" || document.querySelector("dialog[open]")) return
      const field = document.activeElement
      if (field instanceof HTMLElement && isTyping(field)) field.blur()
      else select()
    }
    window.addEventListener("keydown", onEscape)
    return () => window.removeEventListener("keydown", onEscape)
  }, [])
}

function removeWires() {
  for (const edge of document.querySelectorAll<HTMLElement>(".react-flow__edge.selected")) {
    const id = edge.dataset.id ?? ""
    const colon = id.lastIndexOf(":")
    if (id && id !== "out:0") commands.unwire(id.slice(0, colon), Number(id.slice(colon + 1)))
  }
}

/** The browser's own copy and paste, so that no permission has to be asked for. */
function useClipboard() {
  useEffect(() => {
    const mine = (e: ClipboardEvent) => !isTyping(e.composedPath()[0] ?? null) && !document.querySelector("dialog[open]")
    const onCopy = (e: ClipboardEvent) => {
      const text = mine(e) && !String(getSelection()) ? commands.copied() : undefined
      if (text === undefined) return
      e.preventDefault()
      e.clipboardData?.setData("text/plain", text)
      if (e.type === "cut") commands.remove()
    }
    const onPaste = (e: ClipboardEvent) => {
      const text = mine(e) ? e.clipboardData?.getData("text/plain") : undefined
      if (text) e.preventDefault(), commands.pasteText(text)
    }
    document.addEventListener("copy", onCopy)
    document.addEventListener("cut", onCopy)
    document.addEventListener("paste", onPaste)
    return () => {
      document.removeEventListener("copy", onCopy)
      document.removeEventListener("cut", onCopy)
      document.removeEventListener("paste", onPaste)
    }
  }, [])
}
