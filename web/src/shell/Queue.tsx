// What is running, on which slot, how long still.
import { system } from "../lib/events"
import { bytes, duration } from "../lib/format"
import { useStore } from "../lib/store"
import { useRuns } from "../lib/queries"
import { link } from "../lib/router"
import type { Run } from "../lib/types"
import { Link } from "../lib/ui"
import { T } from "./texts"

export const progressOf = (run: Run): number => (run.epochs ? Math.min(1, (run.epoch ?? 0) / run.epochs) : 0)

/** Seconds to the end at the pace so far. */
export function remaining(run: Run): number | undefined {
  const done = progressOf(run)
  return run.state === "running" && done > 0 && run.seconds ? (run.seconds * (1 - done)) / done : undefined
}

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
            <span>{remaining(run) !== undefined ? t.left(duration(remaining(run)!)) : (run.slot ?? t.running)}</span>
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
      <Machine />
    </div>
  )
}

/** Processor, memory and GPUs as small bars. */
function Machine() {
  const now = useStore(system)
  const t = T()
  if (!now) return null
  const bars = [
    { name: t.cpu, share: now.cpu, title: `${Math.round(now.cpu * 100)} % · ${now.cores}` },
    { name: t.memory, share: now.memory / now.memory_total, title: `${bytes(now.memory)} / ${bytes(now.memory_total)}` },
    ...now.gpus.map((g, i) => ({ name: `${t.gpu} ${i}`, share: g.use ?? 0, title: [g.name, g.memory && bytes(g.memory)].filter(Boolean).join(" · ") })),
  ]
  return (
    <div className="machine">
      {bars.map((b) => (
        <span key={b.name} title={`${b.name}: ${b.title}`}>
          <span>{b.name}</span>
          <span className="progress" role="meter" aria-label={b.name} aria-valuenow={Math.round(b.share * 100)}>
            <i style={{ width: `${b.share * 100}%` }} />
          </span>
        </span>
      ))}
    </div>
  )
}
