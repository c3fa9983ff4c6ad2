// The drawing as a picture of its own: drawn from the same places and texts, without the page.
import { download } from "../lib/files"
import { sayError } from "../lib/toast"
import { token } from "../lib/theme"
import type { Edge, Node } from "@xyflow/react"
import { HEIGHT, PILL, WIDTH, type BlockData } from "./blocks"
import { isPill } from "./drawing"
import { wirePath, type WireData } from "./Wire"
import { createStore } from "../lib/store"

/** What is drawn at the moment, kept by the canvas. */
export const drawn = createStore<{ nodes: Node[]; edges: Edge[] }>({ nodes: [], edges: [] })

const MARGIN = 24
const escape = (s: string) => s.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!)
const fit = (s: string, chars: number) => (s.length > chars ? s.slice(0, chars - 1) + "…" : s)
const colour = (css: string) => (css.startsWith("var(") ? token(css.slice(4, -1)) : css)

function blockSvg(n: Node): string {
  const d = n.data as unknown as BlockData
  const { x, y } = n.position
  const line = (dy: number, text: string, style: string) => `<text x="${x + 12}" y="${y + dy}" ${style}>${escape(text)}</text>`
  const border = d.faults.length ? token("--bad") : token("--line-strong")
  return (
    `<g><rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="5" fill="${token("--panel")}" stroke="${border}"/>` +
    (d.unit ? `<rect x="${x + 3}" y="${y + 3}" width="${WIDTH - 6}" height="${HEIGHT - 6}" rx="3" fill="none" stroke="${border}"/>` : "") +
    `<rect x="${x}" y="${y + 5}" width="4" height="${HEIGHT - 10}" fill="${colour(d.color)}"/>` +
    line(20, fit([d.name, ...d.badges].join(" "), 22), `font-weight="600" font-size="13" fill="${token("--ink")}"`) +
    line(37, fit(d.made ? d.summary : [d.type, d.summary].filter(Boolean).join(" · "), 27), `font-size="11" fill="${token("--soft")}"`) +
    line(56, fit(d.shape, 23), `font-size="11" font-family="monospace" fill="${token("--soft")}"`) +
    "</g>"
  )
}

function pillSvg(n: Node): string {
  const { x, y } = n.position
  const text = [n.data.label, n.data.shape].filter(Boolean).join("  ")
  return `<g><rect x="${x}" y="${y}" width="${PILL.width}" height="${PILL.height}" rx="14" fill="${token("--panel")}" stroke="${token("--line-strong")}"/><text x="${x + PILL.width / 2}" y="${y + 18}" text-anchor="middle" font-size="11" fill="${token("--ink")}">${escape(text)}</text></g>`
}

export function toSvg(): { svg: string; width: number; height: number } {
  const { nodes, edges } = drawn.get()
  const size = (n: Node) => (isPill(n.id) ? PILL : { width: WIDTH, height: HEIGHT })
  const left = Math.min(...nodes.map((n) => n.position.x)) - MARGIN
  const top = Math.min(...nodes.map((n) => n.position.y)) - MARGIN
  const width = Math.max(...nodes.map((n) => n.position.x + size(n).width)) + MARGIN - left
  const height = Math.max(...nodes.map((n) => n.position.y + size(n).height)) + MARGIN - top
  const byId = new Map(nodes.map((n) => [n.id, n]))
  const wires = edges.map((e) => {
    const [a, b] = [byId.get(e.source)!, byId.get(e.target)!]
    const ports = isPill(b.id) ? 1 : (b.data as unknown as BlockData).ports.length
    const from = { x: a.position.x + size(a).width / 2, y: a.position.y + size(a).height }
    const to = { x: b.position.x + (size(b).width * (Number(e.targetHandle) + 1)) / (ports + 1), y: b.position.y }
    return `<path d="${wirePath(from, to, e.data as WireData)}" fill="none" stroke="${token("--faint")}" stroke-width="1.5"/>`
  })
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family="Inter, system-ui, sans-serif">` +
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${token("--panel")}"/>${wires.join("")}${nodes.map((n) => (isPill(n.id) ? pillSvg(n) : blockSvg(n))).join("")}</svg>`
  return { svg, width, height }
}

export const saveSvg = (name: string) => download(`${name}.svg`, toSvg().svg, "image/svg+xml")

const SCALE = 2
const SIDE_MAX = 16000

export async function savePng(name: string) {
  const { svg, width, height } = toSvg()
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const scale = Math.min(SCALE, SIDE_MAX / Math.max(width, height))
    const canvas = document.createElement("canvas")
    canvas.width = Math.ceil(width * scale)
    canvas.height = Math.ceil(height * scale)
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"))
    if (blob) download(`${name}.png`, blob)
  } catch (error) {
    sayError(error)
  } finally {
    URL.revokeObjectURL(url)
  }
}
