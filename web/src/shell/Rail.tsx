// The left rail: project, the five places in the order of the work, the queue, and settings.
import { commands, help } from "./overlays"
import { Queue } from "./Queue"
import { T } from "./texts"
import { online } from "../lib/events"
import { Icon } from "../lib/icons"
import { keyHint, useActions } from "../lib/keys"
import { go, link, PLACES, useAddress } from "../lib/router"
import { useStore } from "../lib/store"
import { getLanguage, setLanguage } from "../lib/texts"
import { setTheme, useTheme } from "../lib/theme"
import { Link, Menu } from "../lib/ui"

function Logo() {
  return (
    <svg className="logo" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="3.500" cy="4" r="2.500" fill="var(--accent)" />
      <circle cx="3.500" cy="12" r="2.500" fill="var(--accent)" opacity="0.55" />
      <circle cx="12.500" cy="8" r="2.500" fill="var(--accent)" />
      <path d="M6 4.500l4.500 2.500M6 11.500l4.500-2.500" stroke="var(--accent)" strokeWidth="1.4" />
    </svg>
  )
}

export function Rail() {
  const { project, place } = useAddress()
  const connected = useStore(online)
  const theme = useTheme()
  const t = T()
  useActions([
    ...PLACES.map((p, i) => ({ id: `go.${p}`, text: t[p], keys: `alt+${i + 1}`, group: t.places, disabled: !project, everywhere: true, run: () => go(link(project, p)) })),
    { id: "go.projects", text: t.allProjects, keys: "alt+0", group: t.places, everywhere: true, run: () => go("/") },
    { id: "theme", text: t.theme, group: t.settings, run: () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark") },
    { id: "language", text: t.languageName, group: t.settings, run: () => setLanguage(getLanguage() === "en" ? "ja" : "en") },
  ])
  const chosen = (name: string, mine: string) => (name === mine ? ("check" as const) : undefined)
  return (
    <aside className="rail" aria-label={t.places}>
      <Link to="/" className="brand" title={t.allProjects}>
        <Logo />
        <span>{project ?? "Rensa"}</span>
      </Link>
      <nav aria-label={t.places}>
        {PLACES.map((p, i) =>
          project ? (
            <Link key={p} to={link(project, p)} aria-current={place === p || (!place && p === "network") ? "page" : undefined} title={t[p] + keyHint(`alt+${i + 1}`)} aria-label={t[p]}>
              <Icon name={p} />
              <span>{t[p]}</span>
            </Link>
          ) : null,
        )}
      </nav>
      <div className="rail-end">
        {!connected && (
          <div className="offline" role="status">
            <Icon name="alert" />
            <span>{t.offline}</span>
          </div>
        )}
        <div className="rail-tools">
          <button className="button bare" title={t.commands + keyHint("mod+k")} aria-label={t.commands} onClick={() => commands.set(true)}>
            <Icon name="search" />
          </button>
          <button className="button bare" title={t.help + keyHint("?")} aria-label={t.help} onClick={() => help.set(true)}>
            <Icon name="keyboard" />
          </button>
          <Menu
            label={t.settings}
            icon="settings"
            items={[
              { label: t.system, icon: chosen(theme, "system"), run: () => setTheme("system") },
              { label: t.light, icon: chosen(theme, "light"), run: () => setTheme("light") },
              { label: t.dark, icon: chosen(theme, "dark"), run: () => setTheme("dark") },
              { label: t.languageName, run: () => setLanguage(getLanguage() === "en" ? "ja" : "en") },
            ]}
          />
        </div>
        <Queue />
      </div>
    </aside>
  )
}
