// A block of the drawing.
import { Handle, Position, type Node, type NodeProps } from "@xyflow/react"
import { memo } from "react"
import { Icon } from "../lib/icons"
import type { BlockData } from "./blocks"

export type BlockNode = Node<BlockData, "block">
export type PillNode = Node<{ label: string; shape: string; kind: "in" | "out" }, "pill">

export const Block = memo(function Block({ data, selected }: NodeProps<BlockNode>) {
  const bad = data.faults.length > 0
  return (
    <div className={`block${data.unit ? " unit" : ""}${bad ? " bad" : ""}${selected ? " chosen" : ""}`} style={{ "--cat": data.color } as React.CSSProperties} title={bad ? data.faults.map((f) => [f.what, f.detail].filter(Boolean).join("\n")).join("\n\n") : undefined}>
      {data.ports.map((port, i) => (
        <Handle key={port.id} type="target" position={Position.Top} id={port.id} title={port.name} className={port.optional ? "free" : ""} style={{ left: `${((i + 1) / (data.ports.length + 1)) * 100}%` }} />
      ))}
      <div className="block-head">
        <b>{data.name}</b>
        {data.badges.map((b) => (
          <i key={b}>{b}</i>
        ))}
        {bad ? <Icon name="alert" size={14} /> : data.unit && <Icon name="unit" size={12} />}
      </div>
      <div className="block-options">{data.made ? data.summary : [data.type, data.summary].filter(Boolean).join(" · ")}</div>
      <div className="block-shape">
        <span>{bad ? data.faults[0]!.what : data.shape}</span>
        {data.shareText && <em>{data.shareText}</em>}
      </div>
      {data.share !== undefined && <div className="block-cost" style={{ height: `${data.share * 100}%` }} />}
      <Handle type="source" position={Position.Bottom} id="y" />
    </div>
  )
})

export const Pill = memo(function Pill({ data, selected }: NodeProps<PillNode>) {
  return (
    <div className={`pill${selected ? " chosen" : ""}`}>
      {data.kind === "out" && <Handle type="target" position={Position.Top} id="0" />}
      <b>{data.label}</b>
      {data.shape && <span>{data.shape}</span>}
      {data.kind === "in" && <Handle type="source" position={Position.Bottom} id="y" />}
    </div>
  )
})
