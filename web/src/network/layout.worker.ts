// Places blocks and routes lines, away from the thread that draws.
import { graphlib, layout } from "@dagrejs/dagre"
import type { LayoutAnswer, LayoutRequest } from "./layout"

self.onmessage = (message: MessageEvent<LayoutRequest>) => {
  const { id, nodes, edges } = message.data
  const graph = new graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: "TB", nodesep: 32, ranksep: 32, edgesep: 16, ranker: nodes.length > 300 ? "longest-path" : "network-simplex" })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const n of nodes) graph.setNode(n.id, { width: n.width, height: n.height })
  for (const e of edges) graph.setEdge(e.from, e.to, { weight: e.weight }, e.id)
  layout(graph)
  const answer: LayoutAnswer = { id, places: {}, routes: {} }
  for (const n of nodes) {
    const at = graph.node(n.id)
    answer.places[n.id] = { x: Math.round(at.x - n.width / 2), y: Math.round(at.y - n.height / 2) }
  }
  for (const e of edges) answer.routes[e.id] = (graph.edge(e.from, e.to, e.id).points ?? []).map((p: { x: number; y: number }) => ({ x: Math.round(p.x), y: Math.round(p.y) }))
  self.postMessage(answer)
}
