// All keys that do something here and now.
import { actions, keyName, useActions } from "../lib/keys"
import { useStore } from "../lib/store"
import { Dialog } from "../lib/ui"
import { commands, help } from "./overlays"
import { T } from "./texts"

export function KeysHelp() {
  const open = useStore(help)
  const all = useStore(actions)
  const t = T()
  useActions([
    { id: "help", text: t.help, keys: "?", group: t.general, run: () => help.set(true) },
    { id: "commands", text: t.commands, keys: "mod+k", group: t.general, everywhere: true, run: () => commands.set(true) },
  ])
  if (!open) return null
  const groups = groupBy(all.filter((a) => a.keys), (a) => a.group ?? t.general)
  return (
    <Dialog title={t.help} onClose={() => help.set(false)} className="wide">
      <div className="keys-help">
        {[...groups].map(([group, list]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {list.map((a) => (
                <div key={a.id} style={{ display: "contents" }}>
                  <dt>{a.text}</dt>
                  <dd>
                    <kbd>{keyName(a.keys!)}</kbd>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

function groupBy<V>(list: V[], key: (v: V) => string): Map<string, V[]> {
  const groups = new Map<string, V[]>()
  for (const v of list) groups.set(key(v), [...(groups.get(key(v)) ?? []), v])
  return groups
}
