// Curves of runs: asked for once, then made longer by what the event stream tells.
import { useQueries } from "@tanstack/react-query"
import { useEffect, useMemo } from "react"
import { api, q, type Address } from "../lib/api"
import { onEvent } from "../lib/events"
import { queries } from "../lib/queries"
import type { Metrics, MetricsAnswer, Points } from "../lib/types"

const POINTS = 1200

export interface Zoom {
  from: number
  to: number
}

const key = (run: string, zoom: Zoom | undefined) => ["metrics", run, zoom?.from ?? null, zoom?.to ?? null]

/** The names of all curves first, then their points. */
async function load(run: string, zoom: Zoom | undefined): Promise<Metrics> {
  const base: Address = `/runs/${q(run)}/metrics?points=${POINTS}${zoom ? `&from=${Math.floor(zoom.from)}&to=${Math.ceil(zoom.to)}` : ""}`
  const names = Object.keys((await api<MetricsAnswer>(base)).curves)
  if (!names.length) return { series: {} }
  const { series } = await api<MetricsAnswer>(`${base}&names=${q(names.join(","))}`)
  return { series: Object.fromEntries(Object.entries(series).map(([name, { x, y }]) => [name, x.map((step, i): [number, number | null] => [step, y[i] ?? null])])) }
}

/** Of a curve that is written at steps, too, the finer one is shown. */
export function finest(series: Metrics["series"]): Metrics["series"] {
  const out: Metrics["series"] = {}
  for (const [name, points] of Object.entries(series)) {
    const plain = name.replace(/^step\//, "")
    if (points.length > (out[plain]?.length ?? 0)) out[plain] = points
  }
  return out
}

/** By run: its curves. */
export function useMetrics(runs: string[], zoom: Zoom | undefined): Map<string, Metrics["series"]> {
  const answers = useQueries({
    queries: runs.map((run) => ({
      queryKey: key(run, zoom),
      queryFn: () => load(run, zoom),
      placeholderData: (old: Metrics | undefined) => old,
      staleTime: 60_000,
    })),
  })
  const state = answers.map((a) => a.dataUpdatedAt).join()
  return useMemo(() => new Map(runs.map((run, i) => [run, finest(answers[i]?.data?.series ?? {})])), [runs.join(), state])
}

/** Behind the last step only: what comes twice after a pause of the connection is left out. */
export function longer(old: Points, more: Points): Points {
  const last = old.at(-1)?.[0] ?? -Infinity
  const fresh = more.filter(([x]) => x > last)
  return fresh.length ? [...old, ...fresh] : old
}

export function useLivePoints() {
  useEffect(
    () =>
      onEvent((event) => {
        if (event.type !== "points" || typeof event.run !== "string") return
        const more = event.series as Metrics["series"]
        queries.setQueryData<Metrics>(key(event.run, undefined), (old) => {
          if (!old) return undefined
          if (Object.keys(more).some((n) => !(n in old.series))) void queries.invalidateQueries({ queryKey: key(event.run as string, undefined) })
          const series = { ...old.series }
          for (const [name, points] of Object.entries(more)) series[name] = longer(series[name] ?? [], points)
          if (Object.values(series).some((p) => p.length > POINTS * 3)) void queries.invalidateQueries({ queryKey: key(event.run as string, undefined) })
          return { ...old, series }
        })
      }),
    [],
  )
}
