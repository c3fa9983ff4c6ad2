// Curves: thin lines with their names at the end, all values at the step under the pointer, drag to zoom, double click to
// see all again. Points come thinned from the server.
import { useEffect, useRef, useState } from "react"
import uPlot from "uplot"
import { metric, short } from "./format"
import { token, useTheme } from "./theme"

export interface Curve {
  name: string
  color: string
  dash?: boolean
  points: [number, number | null][]
}

interface Props {
  curves: Curve[]
  log?: boolean
  xLabel?: string
  label: string
  /** Without names at the ends. */
  small?: boolean
  /** Called with the steps that are seen; undefined for all. */
  onZoom?: (from?: number, to?: number) => void
}

/** One x axis for all curves. */
export function align(curves: Curve[]): uPlot.AlignedData {
  const xs = [...new Set(curves.flatMap((c) => c.points.map((p) => p[0])))].sort((a, b) => a - b)
  const place = new Map(xs.map((x, i) => [x, i]))
  const columns = curves.map((c) => {
    const column: (number | null | undefined)[] = new Array(xs.length)
    for (const [x, y] of c.points) column[place.get(x)!] = Number.isFinite(y) ? y : null
    return column
  })
  return [xs, ...columns] as uPlot.AlignedData
}

/** CSS knows tokens by name, a canvas does not. */
const colour = (css: string) => (css.startsWith("var(") ? token(css.slice(4, -1)) : css)

interface Hover {
  left: number
  top: number
  flip: boolean
  index: number
}

export function Chart({ curves, log, xLabel, label, small, onZoom }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const [hover, setHover] = useState<Hover>()
  const [ends, setEnds] = useState<{ name: string; color: string; top: number; left: number }[]>([])
  const theme = useTheme()
  const zoom = useRef(onZoom)
  zoom.current = onZoom
  const shape = curves.map((c) => `${c.name}/${c.color}/${c.dash}`).join("|")
  const data = align(curves)
  const latest = useRef(curves)
  latest.current = curves

  const label_ = () => {
    const u = plot.current
    if (!u) return
    const all = latest.current.flatMap((c) => {
      const y = c.points.findLast((p) => p[1] !== null)?.[1]
      const at = y === undefined || y === null ? NaN : u.valToPos(y, "y")
      return Number.isFinite(at) && at >= 0 && at <= u.bbox.height / devicePixelRatio ? [{ name: c.name, color: c.color, top: at + u.bbox.top / devicePixelRatio, left: (u.bbox.left + u.bbox.width) / devicePixelRatio + 6 }] : []
    })
    all.sort((a, b) => a.top - b.top)
    all.forEach((e, i) => i > 0 && (e.top = Math.max(e.top, all[i - 1]!.top + 15)))
    setEnds(small || all.length > 5 ? [] : all)
  }

  useEffect(() => {
    const host = box.current!
    const axis = { stroke: token("--faint"), grid: { stroke: token("--line"), width: 1 }, ticks: { show: false }, font: `11px ${token("--font")}`, size: small ? 40 : 48 }
    const u = new uPlot(
      {
        width: host.clientWidth || 300,
        height: host.clientHeight || 200,
        legend: { show: false },
        padding: [8, small ? 8 : 96, 0, 0],
        cursor: { drag: { x: true, y: false, uni: 10 }, points: { size: 5 } },
        scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
        axes: [{ ...axis, size: 24, values: (_, v) => v.map((x) => short(x)), label: undefined }, { ...axis, values: (_, v) => v.map((y) => (y === null ? "" : Math.abs(y) >= 1000 ? short(y) : String(+y.toPrecision(4)))) }],
        series: [{}, ...latest.current.map((c) => ({ label: c.name, stroke: colour(c.color), width: 1.5, dash: c.dash ? [4, 3] : undefined, points: { show: c.points.length < 3, size: 5 }, spanGaps: true }))],
        hooks: {
          setCursor: [
            (v) => {
              const index = v.cursor.idx
              if (index === null || index === undefined || (v.cursor.left ?? -1) < 0) return setHover(undefined)
              const left = v.valToPos(v.data[0][index]!, "x") + v.bbox.left / devicePixelRatio
              setHover({ left, top: 12, flip: left > v.width * 0.6, index })
            },
          ],
          setSelect: [(v) => v.select.width > 8 && zoom.current?.(v.posToVal(v.select.left, "x"), v.posToVal(v.select.left + v.select.width, "x"))],
          draw: [() => queueMicrotask(label_)],
        },
      },
      data,
      host,
    )
    plot.current = u
    const reset = () => zoom.current?.()
    u.over.addEventListener("dblclick", reset)
    const sizes = new ResizeObserver(() => host.clientWidth && u.setSize({ width: host.clientWidth, height: host.clientHeight }))
    sizes.observe(host)
    return () => {
      sizes.disconnect()
      u.destroy()
      plot.current = undefined
    }
  }, [shape, log, theme])

  useEffect(() => plot.current?.setData(data), [curves])

  const row = hover && data[0][hover.index] !== undefined ? hover : undefined
  return (
    <div className="chart" ref={box} role="img" aria-label={label}>
      {ends.map((e) => (
        <span key={e.name} className="chart-label" style={{ top: e.top, left: e.left, color: e.color }}>
          {e.name}
        </span>
      ))}
      {row && (
        <div className="chart-hover" style={row.flip ? { right: `calc(100% - ${row.left - 12}px)`, top: row.top } : { left: row.left + 12, top: row.top }}>
          <div className="soft">
            {xLabel} {short(data[0][row.index]!)}
          </div>
          {curves.map((c, i) => (
            <div key={c.name}>
              <i className="swatch" style={{ background: c.color }} />
              {c.name}
              <span className="num mono">{metric(data[i + 1]![row.index] as number | null)}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  )
}

/** Exponential smoothing, without the pull of the first value. */
export function smooth(points: [number, number | null][], weight: number): [number, number | null][] {
  if (weight <= 0) return points
  let mean = 0
  let mass = 0
  return points.map(([x, y]) => {
    if (y === null || !Number.isFinite(y)) return [x, y]
    mean = mean * weight + y * (1 - weight)
    mass = mass * weight + (1 - weight)
    return [x, mean / mass]
  })
}
