// What one example costs: a click on a figure shows it at each block.
import { useStore } from "../lib/store"
import { COSTS } from "../lib/types"
import { costText } from "./drawing"
import { checkState, shownCost, useEditor } from "./state"
import { costName, T } from "./texts"

export function Stats() {
  const { checked } = useEditor()
  const { check } = useStore(checkState)
  const shown = useStore(shownCost)
  const t = T()
  const total = check?.networks[checked]?.total
  return (
    <footer className="stats" aria-label={t.statistics} role="group">
      {COSTS.filter((c) => c !== "seconds" || total?.seconds).map((c) => (
        <button key={c} aria-pressed={shown === c} title={`${costName(c)} · ${t.statistics} (${t.perBlock})`} onClick={() => shownCost.set(shown === c ? undefined : c)}>
          <span>{costName(c)}</span>
          <b className="num">{total?.[c] === undefined ? "–" : costText(c, total[c])}</b>
        </button>
      ))}
    </footer>
  )
}
