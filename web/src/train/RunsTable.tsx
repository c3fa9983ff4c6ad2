// All runs of the project: any metric as a column, filtered and sorted by the server.
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { useMemo, useState } from "react"
import { api, q } from "../lib/api"
import { ago, duration, metric } from "../lib/format"
import { Icon } from "../lib/icons"
import { createKept, useStore } from "../lib/store"
import { Table, type Column, type Sort } from "../lib/table"
import type { Run } from "../lib/types"
import { valueText } from "../lib/json"
import { progressOf, remaining } from "../shell/Queue"
import { stateName, T } from "./texts"

const PAGE = 200
export const columns = createKept<string[]>("rensa.runs.columns", ["train_loss", "test_loss", "max.test_accuracy", "set.training.optimizer.rate", "set.training.batch"])
const sorting = createKept<Sort>("rensa.runs.sort", { by: "created", down: true })
export const filtering = createKept<string>("rensa.runs.filter", "", () => sessionStorage)

interface Answer {
  total: number
  runs: Run[]
}

export function useTable(project: string) {
  const wanted = useStore(columns)
  const filter = useStore(filtering)
  const [asked] = [filter.trim()]
  const sort = useStore(sorting)
  const order = sort.by === "created" && sort.down ? "" : `&sort=${sort.down ? "-" : ""}${q(sort.by)}`
  const pages = useInfiniteQuery({
    queryKey: ["runs", "table", project, wanted, asked, order],
    initialPageParam: 0,
    queryFn: ({ pageParam }) => api<Answer>(`/runs?project=${q(project)}&offset=${pageParam}&count=${PAGE}&columns=${q(wanted.join(","))}${asked ? `&filter=${q(asked)}` : ""}${order}`),
    getNextPageParam: (last, all) => (all.length * PAGE < last.total ? all.length * PAGE : undefined),
    placeholderData: keepPreviousData,
    retry: false,
  })
  const data = useMemo(() => pages.data && { total: pages.data.pages.at(-1)!.total, runs: pages.data.pages.flatMap((p) => p.runs) }, [pages.data])
  const more = () => void (pages.hasNextPage && !pages.isFetchingNextPage && pages.fetchNextPage())
  return { data, error: pages.error, more }
}

export const stateMark = (run: Run) => (
  <span className={`state ${run.state}`}>
    <i />
    {stateName(run.state)}
  </span>
)

const head = (name: string) => name.replace(/^set\.training\./, "").replace(/^set\./, "").replace(/^optimizer\./, "").replace(/^(min|max)\.(.*)/, "$2 ($1)")

export function RunsTable({ project, selected, onSelect }: { project: string; selected: Set<string>; onSelect: (ids: Set<string>, last: string) => void }) {
  const t = T()
  const wanted = useStore(columns)
  const sort = useStore(sorting)
  const filter = useStore(filtering)
  const { data, error, more } = useTable(project)
  const list = useMemo(
    (): Column<Run>[] => [
      { id: "id", head: t.run, value: (r) => r.id, cell: (r) => <span title={r.name}>{r.id} {r.name && r.name !== r.project && r.name !== r.id && <span className="soft">{r.name}</span>}</span> },
      { id: "state", head: t.state, value: (r) => r.state, cell: stateMark },
      {
        id: "epoch", head: t.progress, value: progressOf,
        cell: (r) => (
          <span className="run-progress">
            <span className="progress" role="progressbar" aria-label={r.id} aria-valuenow={Math.round(progressOf(r) * 100)}>
              <i style={{ width: `${progressOf(r) * 100}%` }} />
            </span>
            {remaining(r) !== undefined && <span className="soft">{t.left(duration(remaining(r)!))}</span>}
          </span>
        ),
      },
      ...wanted.map((name): Column<Run> => ({
        id: name, head: head(name), number: true,
        value: (r) => { const v = r.values?.[name]; return typeof v === "number" || typeof v === "string" ? v : v === undefined || v === null ? undefined : valueText(v) },
        cell: (r) => { const v = r.values?.[name]; return typeof v === "number" && !name.startsWith("set.") && !Number.isInteger(v) ? metric(v) : v === undefined || v === null ? "–" : valueText(v) },
      })),
      { id: "seconds", head: t.time, number: true, value: (r) => r.seconds, cell: (r) => (r.seconds === undefined ? "–" : duration(r.seconds)) },
      { id: "created", head: t.created, number: true, value: (r) => r.created, cell: (r) => (r.created === undefined ? "–" : ago(r.created)) },
      { id: "tags", head: t.tags, value: (r) => r.tags?.join(", "), cell: (r) => r.tags?.map((tag) => <span key={tag} className="tag">{tag}</span>) },
    ],
    [wanted, t],
  )
  return (
    <section className="runs" aria-label={t.runs}>
      <div className="runs-tools">
        <h2>{t.runs}</h2>
        <span className="soft">{data?.total}</span>
        <label className="runs-filter">
          <Icon name="search" size={14} />
          <input type="search" aria-label={t.filter} placeholder={t.filter} value={filter} aria-invalid={!!error} title={error?.message} onChange={(e) => filtering.set(e.target.value)} />
        </label>
        <ColumnsMenu />
      </div>
      <Table label={t.runs} rows={data?.runs ?? []} columns={list} id={(r) => r.id} sort={sort} onSort={sorting.set} ordered onEnd={more} selected={selected} onSelect={onSelect} />
    </section>
  )
}

function ColumnsMenu() {
  const t = T()
  const wanted = useStore(columns)
  const [open, setOpen] = useState(false)
  const { data } = useQuery({ queryKey: ["runs", "columns"], queryFn: () => api<{ columns: string[] }>("/columns"), enabled: open })
  const all = [...new Set([...wanted, ...(data?.columns ?? [])])]
  return (
    <details className="columns-menu" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary className="button">{t.columns}</summary>
      <div>
        {all.map((name) => (
          <label key={name} className="check">
            <input type="checkbox" checked={wanted.includes(name)} onChange={(e) => columns.set(e.target.checked ? [...wanted, name] : wanted.filter((c) => c !== name))} />
            <span className="mono">{name}</span>
          </label>
        ))}
      </div>
    </details>
  )
}
