// The drawing: blocks are dragged, connected, chosen with the mouse. Only what is seen is drawn.
import { Background, BackgroundVariant, MiniMap, ReactFlow, SelectionMode, useReactFlow, type Connection, type EdgeChange, type FinalConnectionState, type Node, type NodeChange } from "@xyflow/react"
import { useCallback, useEffect, useMemo, useRef, useState } from "react"
import { useStore } from "../lib/store"
import { Empty } from "../lib/ui"
import { Block, Pill } from "./Block"
import { HEIGHT, WIDTH, type BlockData } from "./blocks"
import * as commands from "./commands"
import { isPill, nameOfId, OUTPUT_ID, useDrawing } from "./drawing"
import type { Point } from "./layout"
import { openLayer } from "./open"
import { drawn } from "./picture"
import { revealing, select, selection, useEditor } from "./state"
import { T } from "./texts"
import { Wire } from "./Wire"

const NODE_TYPES = { block: Block, pill: Pill }
const EDGE_TYPES = { wire: Wire }
const STILL: ReadonlyMap<string, Point> = new Map()
export const DRAG_TYPE = "application/x-rensa-block"
const coarse = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches

export function Canvas() {
  const editor = useEditor()
  const t = T()
  const chosen = useStore(selection)
  const flow = useReactFlow()
  const [moving, setMoving] = useState(STILL)
  const [wires, setWires] = useState<ReadonlySet<string>>(new Set())
  const drawing = useDrawing(moving)
  const anchor = chosen.size ? [...chosen].at(-1) : drawing.nodes[1]?.id
  const nodes = useMemo(
    () => drawing.nodes.map((n) => (chosen.has(n.id) || n.id === anchor ? { ...n, selected: chosen.has(n.id), focusable: n.id === anchor } : n)),
    [drawing.nodes, chosen, anchor],
  )
  const edges = useMemo(() => (wires.size ? drawing.edges.map((e) => (wires.has(e.id) ? { ...e, selected: true } : e)) : drawing.edges), [drawing.edges, wires])
  useEffect(() => drawn.set({ nodes: drawing.nodes, edges: drawing.edges }), [drawing.nodes, drawing.edges])
  useFitOnce(editor.network.id, drawing.ready && drawing.nodes.length > 0)
  useReveal(drawing.nodes)

  const onNodesChange = useCallback((changes: NodeChange[]) => {
    const picked = changes.filter((c) => c.type === "select")
    if (picked.length)
      selection.set((old) => {
        const next = new Set(old)
        for (const c of picked) if (c.selected && !isPill(c.id)) next.add(c.id)
        else next.delete(c.id)
        return next
      })
    const dragged = changes.filter((c) => c.type === "position" && c.position)
    if (dragged.length) setMoving((old) => new Map([...old, ...dragged.map((c): [string, Point] => (c.type === "position" ? [c.id, c.position!] : ["", { x: 0, y: 0 }]))]))
  }, [])
  const onEdgesChange = useCallback((changes: EdgeChange[]) => {
    const picked = changes.filter((c) => c.type === "select")
    if (picked.length)
      setWires((old) => {
        const next = new Set(old)
        for (const c of picked) if (c.selected) next.add(c.id)
        else next.delete(c.id)
        return next
      })
    for (const c of changes) if (c.type === "remove") unwireById(c.id)
  }, [])
  const onDragStop = (_: unknown, __: Node, dragged: Node[]) => {
    const places = new Map(dragged.filter((n) => !isPill(n.id)).map((n) => [n.id, n.position]))
    const changed = [...places].some(([id, p]) => drawing.nodes.some((n) => n.id === id && (n.position.x !== p.x || n.position.y !== p.y))) || moving.size > 0
    if (changed && moving.size) commands.move(places)
    setMoving(STILL)
  }
  const onConnect = (c: Connection) => commands.wire(nameOfId(c.source), c.target === OUTPUT_ID ? "" : c.target, Number(c.targetHandle ?? 0))
  /** Let go over the body of a block: its first free place, else the first one. */
  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (state.isValid || !state.fromNode || state.fromHandle?.type !== "source") return
    const at = "changedTouches" in event ? event.changedTouches[0]! : event
    const id = document.elementFromPoint(at.clientX, at.clientY)?.closest<HTMLElement>(".react-flow__node")?.dataset.id
    const target = drawing.nodes.find((n) => n.id === id)
    if (!target || target.id === state.fromNode.id || target.id.startsWith("in/")) return
    const used = editor.network.byName.get(target.id)?.inputs.length ?? 0
    const ports = (target.data as Partial<BlockData>).ports?.length ?? 1
    commands.wire(nameOfId(state.fromNode.id), target.id === OUTPUT_ID ? "" : target.id, used < ports ? used : ports > 1 ? ports - 1 : 0)
  }
  const onDrop = (event: React.DragEvent) => {
    const type = event.dataTransfer.getData(DRAG_TYPE)
    if (!type) return
    event.preventDefault()
    const edge = document.elementsFromPoint(event.clientX, event.clientY).map((e) => e.closest<HTMLElement>(".react-flow__edge")?.dataset.id).find(Boolean)
    const wire = drawing.edges.find((e) => e.id === edge)
    if (wire) return commands.add(type, { after: nameOfId(wire.source), before: wire.target === OUTPUT_ID ? undefined : wire.target })
    if (!editor.network.layers.length) return commands.add(type)
    const p = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
    commands.add(type, { place: { x: Math.round((p.x - WIDTH / 2) / 8) * 8, y: Math.round((p.y - HEIGHT / 2) / 8) * 8 } })
  }
  return (
    <div className="canvas" role="region" tabIndex={0} aria-label={t.drawing} onDragOver={(e) => e.dataTransfer.types.includes(DRAG_TYPE) && e.preventDefault()} onDrop={onDrop}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={onDragStop}
        onSelectionDragStop={(e, dragged) => onDragStop(e, dragged[0]!, dragged)}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onNodeDoubleClick={(_, n) => openLayer(n.id)}
        onPaneClick={() => select()}
        onlyRenderVisibleElements
        selectionOnDrag={!coarse}
        panOnDrag={coarse ? true : [1, 2]}
        panOnScroll
        selectionMode={SelectionMode.Partial}
        multiSelectionKeyCode={["Shift", "Control", "Meta"]}
        selectionKeyCode={null}
        deleteKeyCode={null}
        zoomOnDoubleClick={false}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        snapToGrid
        snapGrid={[8, 8]}
        minZoom={0.08}
        maxZoom={2}
        connectionRadius={28}
        nodeDragThreshold={3}
        proOptions={{ hideAttribution: true }}
        ariaLabelConfig={{ "minimap.ariaLabel": t.minimap }}
      >
        <Background variant={BackgroundVariant.Dots} gap={16} size={1.2} color="var(--dots)" bgColor="var(--canvas)" />
        {editor.network.layers.length > 12 && <MiniMap pannable zoomable ariaLabel={t.minimap} nodeColor={(n) => String((n.data as Partial<BlockData>).color ?? "var(--faint)")} nodeBorderRadius={4} style={{ width: 144, height: 104 }} />}
      </ReactFlow>
      <p className="hidden" role="status">
        {chosen.size === 1 ? drawing.nodes.find((n) => chosen.has(n.id))?.ariaLabel : chosen.size ? t.many(chosen.size) : ""}
      </p>
      {!editor.network.layers.length && (
        <div className="canvas-empty">
          <Empty title={t.emptyTitle} text={t.emptyText} picture={<Ghost />} />
        </div>
      )}
    </div>
  )
}

function unwireById(id: string) {
  const colon = id.lastIndexOf(":")
  if (id !== "out:0") commands.unwire(id.slice(0, colon), Number(id.slice(colon + 1)))
}

const ZOOM_LEAST = 0.75

/** At first all is seen, or, where that would be too small to read, the beginning; later the middle stays the middle. */
function useFitOnce(id: string, ready: boolean) {
  const flow = useReactFlow()
  const done = useRef("")
  useEffect(() => {
    if (!ready || done.current === id) return
    done.current = id
    requestAnimationFrame(() => {
      const box = document.querySelector(".canvas")!.getBoundingClientRect()
      const bounds = flow.getNodesBounds(flow.getNodes())
      if (!bounds.width) return
      const whole = Math.min((box.width - 32) / bounds.width, (box.height - 32) / bounds.height)
      const zoom = Math.min(1, Math.max(ZOOM_LEAST, whole))
      const tall = bounds.height * zoom > box.height - 32
      void flow.setViewport({ x: box.width / 2 - (bounds.x + bounds.width / 2) * zoom, y: tall ? 24 - bounds.y * zoom : (box.height - bounds.height * zoom) / 2 - bounds.y * zoom, zoom })
    })
  }, [id, ready, flow])
  useEffect(() => {
    const box = document.querySelector(".canvas")!
    let width = box.clientWidth
    const sizes = new ResizeObserver(() => {
      const { x, y, zoom } = flow.getViewport()
      const change = box.clientWidth - width
      width = box.clientWidth
      if (change) void flow.setViewport({ x: x + change / 2, y, zoom })
    })
    sizes.observe(box)
    return () => sizes.disconnect()
  }, [flow])
}

/** Brings a block that was added or walked to into view, moving as little as need be. */
function useReveal(nodes: Node[]) {
  const flow = useReactFlow()
  const name = useStore(revealing)
  useEffect(() => {
    const node = name === undefined ? undefined : nodes.find((n) => n.id === name)
    if (!node) return
    const timer = setTimeout(() => {
      revealing.set(undefined)
      const box = document.querySelector(".canvas")!.getBoundingClientRect()
      const { x, y, zoom } = flow.getViewport()
      const into = (at: number, size: number, room: number) => Math.max(24, Math.min(at, room - size - 24)) - at
      const dx = into(node.position.x * zoom + x, WIDTH * zoom, box.width)
      const dy = into(node.position.y * zoom + y, HEIGHT * zoom, box.height)
      if (dx || dy) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: 120 })
    }, 60)
    return () => clearTimeout(timer)
  }, [name, nodes, flow])
}

function Ghost() {
  return (
    <svg width="120" height="96" fill="none" stroke="currentColor" strokeWidth="1.5">
      <rect x="24" y="4" width="72" height="24" rx="4" />
      <path d="M60 28v12m0 16v12" />
      <rect x="24" y="40" width="72" height="16" rx="4" strokeDasharray="4 3" />
      <rect x="24" y="68" width="72" height="24" rx="4" />
    </svg>
  )
}
