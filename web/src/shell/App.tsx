// The frame of the page: signed in or not, which project, which place.
import { lazy, Suspense, useEffect, type ComponentType } from "react"
import { useQueryClient } from "@tanstack/react-query"
import { openEvents } from "../lib/events"
import { listenToKeys } from "../lib/keys"
import { useSession } from "../lib/queries"
import { useAddress, type Place } from "../lib/router"
import { useLanguage } from "../lib/texts"
import { Toasts } from "../lib/toast"
import { Commander } from "./Commander"
import { Guard } from "./Guard"
import { KeysHelp } from "./KeysHelp"
import { Login } from "./Login"
import { OpenProject } from "./OpenProject"
import { Rail } from "./Rail"
import { Start } from "./Start"
import { T } from "./texts"

const PAGES: Record<Place, ComponentType> = {
  data: lazy(() => import("../data/Data")),
  network: lazy(() => import("../network/NetworkPlace")),
  train: lazy(() => import("../train/Train")),
  evaluate: lazy(() => import("../evaluate/Evaluate")),
  report: lazy(() => import("../report/Report")),
}

export function App() {
  const language = useLanguage()
  const client = useQueryClient()
  const session = useSession()
  const signedIn = !!session.data && session.data.role !== "nobody"
  useEffect(listenToKeys, [])
  useEffect(() => (signedIn ? openEvents(client) : undefined), [signedIn, client])
  useEffect(() => {
    document.documentElement.lang = language
    document.documentElement.dataset.ready = session.isPending ? "" : "yes"
  }, [language, session.isPending])
  if (session.isPending) return null
  if (!signedIn) return <Login error={session.error} />
  return (
    <div className="shell" key={language}>
      <Rail />
      <main>
        <Guard>
          <Here />
        </Guard>
      </main>
      <Commander />
      <KeysHelp />
      <Toasts />
    </div>
  )
}

function Here() {
  const { project, place } = useAddress()
  if (!project) return <Start />
  const Page = PAGES[place ?? "network"]
  return (
    <OpenProject key={project} name={project}>
      <Guard key={place}>
        <Suspense fallback={<div className="busy">{T().loading}</div>}>
          <Page />
        </Suspense>
      </Guard>
    </OpenProject>
  )
}
