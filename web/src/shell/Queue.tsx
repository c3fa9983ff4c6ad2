// What is running, on which slot, how long still.
import { duration } from "../lib/format"
import { useRuns } from "../lib/queries"
import { link } from "../lib/router"
import type { Run } from "../lib/types"
import { Link } from "../lib/ui"
import { T } from "./texts"

export const progressOf = (run: Run): number =>
  run.progress ?? (run.iterations ? (run.iteration ?? 0) / run.iterations : run.epochs ? (run.epoch ?? 0) / run.epochs : 0)

export function Queue() {
  const { data = [] } = useRuns()
  const t = T()
  const running = data.filter((r) => r.state === "running")
  const waiting = data.filter((r) => r.state === "queued").length
  return (
    <div className="queue" role="region" aria-label={t.queue}>
      {running.slice(0, 3).map((run) => (
        <Link key={run.id} to={link(run.project ?? "-", "train", run.id)} title={run.id}>
          <span className="queue-row">
            <b>{run.name ?? run.project ?? run.id}</b>
            <span>{run.remaining !== undefined ? t.left(duration(run.remaining)) : (run.slot ?? t.running)}</span>
          </span>
          <span className="progress" role="progressbar" aria-label={run.id} aria-valuenow={Math.round(progressOf(run) * 100)}>
            <i style={{ width: `${progressOf(run) * 100}%` }} />
          </span>
        </Link>
      ))}
      <span className="queue-row">
        {!running.length && <span>{t.idle}</span>}
        {waiting > 0 && <span>{t.waiting(waiting)}</span>}
      </span>
    </div>
  )
}
