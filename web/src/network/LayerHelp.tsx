// The reference page of a link or function.
import { Dialog } from "../lib/ui"
import type { LayerType } from "../lib/types"
import { print, type Value } from "../lib/json"
import { T } from "./texts"

export function LayerHelp({ type, onClose }: { type: LayerType; onClose: () => void }) {
  const t = T()
  const lines: [string, string | undefined][] = [
    [t.formula, type.formula],
    [t.inputs, type.shapes],
    [t.type, type.types],
    [t.reference, type.reference],
  ]
  return (
    <Dialog title={type.name} onClose={onClose}>
      <p>{type.doc}</p>
      <dl className="facts">
        {lines.map(([k, v]) => v && [<dt key={k}>{k}</dt>, <dd key={k + "="} className="mono">{v}</dd>])}
      </dl>
      {type.options.length > 0 && (
        <table className="table plain">
          <tbody>
            {type.options.map((o) => (
              <tr key={o.name}>
                <th scope="row" className="mono">{o.name}</th>
                <td className="mono soft">{o.required ? t.required : print((o.default ?? null) as Value)}</td>
                <td>{o.doc}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  )
}
