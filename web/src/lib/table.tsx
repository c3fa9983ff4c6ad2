// A table that draws only the rows that are seen; sorted by its heads, walked through by the arrow keys.
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react"

export interface Column<R> {
  id: string
  head: ReactNode
  /** What it is sorted by, and shown as, unless `cell` says otherwise. */
  value: (row: R) => string | number | null | undefined
  cell?: (row: R) => ReactNode
  number?: boolean
  width?: number
}

export interface Sort {
  by: string
  down: boolean
}

interface Props<R> {
  label: string
  rows: R[]
  columns: Column<R>[]
  id: (row: R) => string
  sort?: Sort
  onSort?: (sort: Sort) => void
  /** The rows come in this order already. */
  ordered?: boolean
  /** The last rows are in sight: there may be more. */
  onEnd?: () => void
  selected?: Set<string>
  onSelect?: (ids: Set<string>, last: string) => void
  onOpen?: (row: R) => void
}

const ROW = 32
const EXTRA = 8

export function compare(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (a === null || a === undefined || a === "") return 1
  if (b === null || b === undefined || b === "") return -1
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true })
}

export function sortRows<R>(rows: R[], columns: Column<R>[], sort?: Sort): R[] {
  const column = columns.find((c) => c.id === sort?.by)
  if (!column || !sort) return rows
  const empty = (v: unknown) => v === null || v === undefined || v === ""
  return [...rows].sort((a, b) => {
    const [x, y] = [column.value(a), column.value(b)]
    return empty(x) || empty(y) ? compare(x, y) : compare(x, y) * (sort.down ? -1 : 1)
  })
}

export function Table<R>({ label, rows, columns, id, sort, onSort, ordered, onEnd, selected, onSelect, onOpen }: Props<R>) {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  const [at, setAt] = useState(0)
  const sorted = useMemo(() => (ordered ? rows : sortRows(rows, columns, sort)), [rows, columns, sort, ordered])
  const wanted = useRef<number>(undefined)
  useEffect(() => {
    const host = box.current!
    const read = () => setView({ top: host.scrollTop, height: host.clientHeight })
    const sizes = new ResizeObserver(read)
    sizes.observe(host)
    host.addEventListener("scroll", read, { passive: true })
    return () => (sizes.disconnect(), host.removeEventListener("scroll", read))
  }, [])
  const first = Math.max(0, Math.floor(view.top / ROW) - EXTRA)
  const last = Math.min(sorted.length, Math.ceil((view.top + view.height) / ROW) + EXTRA)

  useEffect(() => {
    if (last === sorted.length && last > 0) onEnd?.()
  }, [last, sorted.length])
  useEffect(() => {
    const row = wanted.current === undefined ? null : box.current!.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`)
    if (!row) return
    wanted.current = undefined
    row.focus({ preventScroll: true })
  })

  const move = (to: number) => {
    const next = Math.max(0, Math.min(sorted.length - 1, to))
    setAt(next)
    const host = box.current!
    const top = next * ROW
    if (top < host.scrollTop) host.scrollTop = top
    else if (top + 2 * ROW > host.scrollTop + host.clientHeight) host.scrollTop = top + 2 * ROW - host.clientHeight
    wanted.current = next
    setView({ top: host.scrollTop, height: host.clientHeight })
  }
  const choose = (row: R, add: boolean) => {
    const key = id(row)
    const next = new Set(add ? selected : [])
    if (add && next.has(key)) next.delete(key)
    else next.add(key)
    onSelect?.(next, key)
  }
  const onKeyDown = (e: React.KeyboardEvent, row: R, index: number) => {
    const page = Math.floor(view.height / ROW) - 2
    const steps: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, PageDown: index + page, PageUp: index - page, Home: 0, End: sorted.length - 1 }
    if (e.target !== e.currentTarget) return
    if (e.key in steps) move(steps[e.key]!)
    else if (e.key === " ") choose(row, true)
    else if (e.key === "Enter") onOpen ? onOpen(row) : choose(row, false)
    else return
    e.preventDefault()
  }
  const direction = (c: Column<R>) => (sort?.by !== c.id ? "none" : sort.down ? "descending" : "ascending")
  return (
    <div className="table-box" ref={box} tabIndex={sorted.length ? -1 : 0}>
      <table className="table" aria-label={label} aria-rowcount={sorted.length + 1}>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.id} scope="col" className={c.number ? "num" : ""} style={c.width ? { width: c.width } : undefined} aria-sort={onSort ? direction(c) : undefined}>
                {onSort ? (
                  <button onClick={() => onSort({ by: c.id, down: sort?.by === c.id ? !sort.down : !!c.number })}>
                    {c.head} {sort?.by === c.id && (sort.down ? "↓" : "↑")}
                  </button>
                ) : (
                  c.head
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr aria-hidden="true" style={{ height: first * ROW }} />}
          {sorted.slice(first, last).map((row, i) => {
            const index = first + i
            return (
              <tr
                key={id(row)}
                data-row={index}
                aria-rowindex={index + 2}
                aria-selected={selected ? selected.has(id(row)) : undefined}
                tabIndex={index === Math.min(at, sorted.length - 1) ? 0 : -1}
                onFocus={() => setAt(index)}
                onKeyDown={(e) => onKeyDown(e, row, index)}
                onClick={(e) => choose(row, e.ctrlKey || e.metaKey || e.shiftKey)}
                onDoubleClick={() => onOpen?.(row)}
              >
                {columns.map((c) => (
                  <td key={c.id} className={c.number ? "num" : ""}>
                    {c.cell ? c.cell(row) : (c.value(row) ?? "–")}
                  </td>
                ))}
              </tr>
            )
          })}
          {last < sorted.length && <tr aria-hidden="true" style={{ height: (sorted.length - last) * ROW }} />}
        </tbody>
      </table>
    </div>
  )
}
