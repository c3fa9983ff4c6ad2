// The way to the worker that lays blocks out; the last request wins.
export interface Point {
  x: number
  y: number
}

export interface LayoutRequest {
  id: number
  nodes: { id: string; width: number; height: number }[]
  edges: { id: string; from: string; to: string; weight: number }[]
}

export interface LayoutAnswer {
  id: number
  places: Record<string, Point>
  routes: Record<string, Point[]>
}

export interface Layouter {
  ask(graph: Omit<LayoutRequest, "id">): void
  close(): void
}

export function createLayouter(done: (answer: LayoutAnswer) => void): Layouter {
  const worker = new Worker(LAYOUT_WORKER, { type: "module" })
  let last = 0
  worker.onmessage = (message: MessageEvent<LayoutAnswer>) => {
    if (message.data.id === last) done(message.data)
  }
  return {
    ask: (graph) => worker.postMessage({ ...graph, id: ++last }),
    close: () => worker.terminate(),
  }
}
