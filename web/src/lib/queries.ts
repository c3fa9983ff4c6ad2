// What is asked of the server, by name. Live events make answers old (events.ts).
import { QueryClient, useQuery } from "@tanstack/react-query"
import { api, ApiError, q } from "./api"
import type { DataRow, Palette, ProjectRow, Run, Session } from "./types"

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
})

/** Lists come as {"items": […]} or under their own name. */
function rows<T>(answer: unknown, name: string): T[] {
  if (Array.isArray(answer)) return answer as T[]
  const object = answer as Record<string, unknown>
  return (object[name] ?? object.items ?? []) as T[]
}

const RUNS_MAX = 200

export const useSession = () => useQuery({ queryKey: ["session"], queryFn: () => api<Session>("/session") })
export const useProjects = () => useQuery({ queryKey: ["projects"], queryFn: async () => rows<ProjectRow>(await api("/projects"), "projects") })
export const usePalette = () => useQuery({ queryKey: ["functions"], queryFn: () => api<Palette>("/functions"), staleTime: Infinity })
/** Those of the work folder, then the known ones. */
export const useData = () =>
  useQuery({
    queryKey: ["data"],
    queryFn: async () => {
      const { data, known } = await api<{ data: DataRow[]; known?: DataRow[] }>("/data")
      return [...data, ...(known ?? []).map((row) => ({ ...row, known: true }))]
    },
  })
export const useRuns = (project?: string) =>
  useQuery({
    queryKey: ["runs", project ?? ""],
    queryFn: async () => rows<Run>(await api(`/runs?count=${RUNS_MAX}${project ? `&project=${q(project)}` : ""}`), "runs"),
  })
export const useRun = (id: string | undefined) =>
  useQuery({ queryKey: ["runs", "one", id], queryFn: () => api<Run>(`/runs/${q(id!)}`), enabled: id !== undefined })
