// The place Data: the sets there are, as cards with pictures and classes; one of them is the project's.
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { api, q } from "../lib/api"
import { whole } from "../lib/format"
import { useParsed, useProject } from "../lib/project"
import { useData } from "../lib/queries"
import { find, set, type Value } from "../lib/json"
import { link } from "../lib/router"
import { say } from "../lib/toast"
import { Icon } from "../lib/icons"
import { Button, Dialog, Link } from "../lib/ui"
import { SaveMark } from "../shell/OpenProject"
import { isDict } from "../network/model"
import type { DataRow } from "../lib/types"
import { T } from "./texts"

interface Example {
  i: number
  t?: number | string
}

interface Statistics {
  count: number
  looked_at: number
  source: string
  columns: { name: string; dtype: string; shape: number[]; picture: boolean; min: number; max: number; mean: number; std: number; classes: string[]; histogram: number[] }[]
}

/** The sources that the project reads, by its text. */
function sources(data: Value | undefined): string[] {
  if (typeof data === "string") return [data]
  return isDict(data) ? Object.values(data).flatMap((d) => (typeof d === "string" ? [d] : isDict(d) && typeof d.source === "string" ? [d.source] : [])) : []
}

export default function Data() {
  const project = useProject()
  const { root, error } = useParsed()
  const data = useData()
  const t = T()
  const [shown, setShown] = useState<string>()
  const used = sources(find(root, ["data"])?.value)
  const sets = data.data ?? []
  const choose = (row: DataRow) => {
    project.document.change(t.use, set(project.document.state.get().text, ["data"], row.known ? row.name : `data/${row.name}`))
    say(t.used(row.name), { undo: () => void project.document.undo() })
  }
  return (
    <>
      <div className="bar">
        <h1>{t.title}</h1>
        <span className="grow" />
        <SaveMark />
        <Link className="button" to={link(project.name, "network")}>
          {t.next}
        </Link>
      </div>
      <div className="data-place">
        {data.error && <p className="wrong" role="alert">{data.error.message}</p>}
        <div className="cards">
          {sets.map((row) => {
            const mine = used.includes(row.name) || used.includes(`data/${row.name}`)
            return (
              <article key={row.name} className={mine ? "card data-card chosen" : "card data-card"}>
                <h2>
                  {row.name}
                  {mine && (
                    <span className="used">
                      <Icon name="check" size={14} /> {t.inUse}
                    </span>
                  )}
                </h2>
                <Pictures name={row.name} count={18} />
                <p>{row.brief}</p>
                <p className="faint">{row.origin}</p>
                <div className="run-actions">
                  <Button label={t.use} kind={mine ? "plain" : "main"} disabled={mine || !!error} onClick={() => choose(row)} />
                  <Button label={t.look} icon="search" onClick={() => setShown(row.name)} />
                </div>
              </article>
            )
          })}
        </div>
        <p className="soft data-hint">{t.own}</p>
      </div>
      {shown !== undefined && <Look name={shown} onClose={() => setShown(undefined)} />}
    </>
  )
}

function useExamples(name: string, offset: number, count: number) {
  return useQuery({ queryKey: ["data", name, "examples", offset, count], queryFn: () => api<{ examples: Example[]; total: number }>(`/data/${q(name)}/examples?offset=${offset}&count=${count}`), staleTime: Infinity, retry: false })
}

function Pictures({ name, count, offset = 0, labels }: { name: string; count: number; offset?: number; labels?: string[] }) {
  const { data } = useExamples(name, offset, count)
  const [broken, setBroken] = useState(false)
  const t = T()
  if (broken || (data && !data.examples.length)) return <div className="pictures none">{t.noPictures}</div>
  return (
    <div className="pictures">
      {data?.examples.map((e) => (
        <figure key={e.i}>
          <img src={`/api/data/${q(name)}/picture/${e.i}`} alt={t.example(e.i, String(labels?.[Number(e.t)] ?? e.t ?? ""))} loading="lazy" width={32} height={32} onError={() => setBroken(true)} />
          {labels && <figcaption>{labels[Number(e.t)] ?? String(e.t ?? "")}</figcaption>}
        </figure>
      ))}
    </div>
  )
}

const PAGE = 60

function Look({ name, onClose }: { name: string; onClose: () => void }) {
  const t = T()
  const [offset, setOffset] = useState(0)
  const { data: examples } = useExamples(name, offset, PAGE)
  const { data } = useQuery({ queryKey: ["data", name, "statistics"], queryFn: () => api<Statistics>(`/data/${q(name)}/statistics`), staleTime: Infinity, retry: false })
  const target = data?.columns.find((c) => c.classes.length)
  const most = Math.max(1, ...(target?.histogram ?? []))
  return (
    <Dialog title={name} onClose={onClose} className="wide">
      <Pictures name={name} count={PAGE} offset={offset} labels={target?.classes ?? []} />
      <div className="pager">
        <Button label={t.before} disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - PAGE))} />
        <span className="soft num">{examples && `${whole(offset + 1)}–${whole(Math.min(offset + PAGE, examples.total))} / ${whole(examples.total)}`}</span>
        <Button label={t.after} disabled={!examples || offset + PAGE >= examples.total} onClick={() => setOffset(offset + PAGE)} />
      </div>
      {target && (
        <>
          <h3>{t.classes}</h3>
          <div className="class-bars">
            {target.classes.map((c, i) => (
              <div key={c} title={`${c}: ${whole(target.histogram[i] ?? 0)}`}>
                <i style={{ height: `${((target.histogram[i] ?? 0) / most) * 100}%` }} />
                <span>{c}</span>
              </div>
            ))}
          </div>
        </>
      )}
      {data && (
        <table className="table plain">
          <thead>
            <tr>
              {[t.column, t.shape, t.least, t.most, t.mean, t.deviation].map((h, i) => (
                <th key={h} scope="col" className={i > 1 ? "num" : ""}>{h}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.columns.map((c) => (
              <tr key={c.name}>
                <th scope="row">{c.name}</th>
                <td className="mono">{c.dtype} [{c.shape.join(" × ")}]</td>
                {[c.min, c.max, c.mean, c.std].map((v, i) => (
                  <td key={i} className="num mono">{+v.toPrecision(4)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  )
}
