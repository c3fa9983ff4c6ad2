// Requests to the server. A change by cookie carries a header that no form of another page can send.
import type { Route } from "./routes"
import type { Failure } from "./types"

export type Address = Route | `${Route}?${string}`

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly failure: Failure,
  ) {
    super(failure.what)
  }
}

async function failureOf(answer: Response): Promise<Failure> {
  try {
    const body = (await answer.json()) as { error?: Failure }
    if (body.error?.what) return body.error
  } catch {
    // No JSON: the status line has to do.
  }
  return { what: `${answer.status} ${answer.statusText}`.trim() }
}

export interface Options {
  method?: string
  body?: unknown
  text?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

export async function request(path: Address, { method, body, text, headers, signal }: Options = {}): Promise<Response> {
  const payload = text ?? (body === undefined ? undefined : JSON.stringify(body))
  let answer: Response
  try {
    answer = await fetch("/api" + path, {
      method: method ?? (payload === undefined ? "GET" : "POST"),
      body: payload,
      signal,
      headers: { "X-Rensa": "1", ...(payload === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError(0, { what: "the server does not answer" })
  }
  if (!answer.ok) throw new ApiError(answer.status, await failureOf(answer))
  return answer
}

export async function api<T>(path: Address, options?: Options): Promise<T> {
  const answer = await request(path, options)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

export const q = encodeURIComponent

/** The command that does the same as a request, for those who like to script. */
export function asRequest(path: Address, method: string, body?: unknown): string {
  const data = body === undefined ? "" : ` \\\n  -H 'Content-Type: application/json' -d '${JSON.stringify(body).replaceAll("'", "'\\''")}'`
  return `curl -X ${method} -H "Authorization: Bearer $TOKEN" ${location.origin}/api${path}${data}`
}
