// A connection: orthogonal, with rounded corners, around the blocks where the layout has found a way.
import { BaseEdge, getSmoothStepPath, type Edge, type EdgeProps } from "@xyflow/react"
import { memo } from "react"
import type { Point } from "./layout"

export interface WireData extends Record<string, unknown> {
  route?: Point[]
  /** Where the ends were when the route was made. */
  from?: Point
  to?: Point
  /** Keeps wires of one block apart: its bends are moved by so much. */
  shift?: number
}
export type WireEdge = Edge<WireData, "wire">

const RADIUS = 8
/** Handles stand out of their blocks by half their size. */
const HANDLE = 4.5
const near = (a: number, b: number) => Math.abs(a - b) < 2

const still = (a: Point, b: Point) => near(a.x, b.x) && near(a.y, b.y)

/** Bends in the gaps between rows: every second point of a route lies in one. */
export function corners(from: Point, route: Point[], to: Point, shift = 0): Point[] {
  const points = [from, ...route.slice(1, -1), to]
  const way: Point[] = [from]
  for (let i = 0; i + 1 < points.length; i++) {
    const [a, b] = [way.at(-1)!, points[i + 1]!]
    if (near(a.x, b.x)) continue
    const gap = i % 2 ? points[i]!.y : b.y
    const y = (i + 2 === points.length && i % 2 === 0 ? (a.y + b.y) / 2 : gap) + shift
    way.push({ x: a.x, y }, { x: b.x, y })
  }
  way.push({ x: way.at(-1)!.x, y: to.y })
  return way
}

export function rounded(points: Point[]): string {
  const way = points.filter((p, i) => i === 0 || !near(p.x, points[i - 1]!.x) || !near(p.y, points[i - 1]!.y))
  let path = `M${way[0]!.x},${way[0]!.y}`
  for (let i = 1; i < way.length; i++) {
    const [a, b, c] = [way[i - 1]!, way[i]!, way[i + 1]]
    const straight = !c || (near(a.x, b.x) && near(b.x, c.x)) || (near(a.y, b.y) && near(b.y, c.y))
    if (straight) {
      path += `L${b.x},${b.y}`
      continue
    }
    const r = Math.min(RADIUS, Math.hypot(b.x - a.x, b.y - a.y) / 2, Math.hypot(c.x - b.x, c.y - b.y) / 2)
    const toward = (p: Point, q: Point): Point => ({ x: p.x + Math.sign(q.x - p.x) * r, y: p.y + Math.sign(q.y - p.y) * r })
    const [s, e] = [toward(b, a), toward(b, c)]
    path += `L${s.x},${s.y}Q${b.x},${b.y} ${e.x},${e.y}`
  }
  return path
}

export function wirePath(from: Point, to: Point, data: WireData | undefined): string {
  const fresh = data?.route?.length && data.from && data.to && still(data.from, from) && still(data.to, to)
  if (fresh) return rounded(corners(from, data.route!, to, data.shift))
  return getSmoothStepPath({ sourceX: from.x, sourceY: from.y, targetX: to.x, targetY: to.y, borderRadius: RADIUS })[0]
}

export const Wire = memo(function Wire({ id, sourceX, sourceY, targetX, targetY, data, selected }: EdgeProps<WireEdge>) {
  const path = wirePath({ x: sourceX, y: sourceY - HANDLE }, { x: targetX, y: targetY + HANDLE }, data)
  return <BaseEdge id={id} path={path} interactionWidth={18} className={selected ? "wire chosen" : "wire"} />
})
