// The place Network: palette, drawing, options, cost, and the same as text.
import { ReactFlowProvider } from "@xyflow/react"
import { lazy, Suspense, useEffect, useLayoutEffect, useMemo, useRef } from "react"
import { usePalette } from "../lib/queries"
import { useParsed, useProject } from "../lib/project"
import { go, useAddress } from "../lib/router"
import { useStore } from "../lib/store"
import { T as ShellT } from "../shell/texts"
import { Canvas } from "./Canvas"
import { useChecks } from "./check"
import { Head } from "./Head"
import { Inspector } from "./Inspector"
import { useEditorKeys } from "./keys"
import { networkPaths } from "./model"
import { networkAddress, placeOf } from "./open"
import { PalettePanel } from "./PalettePanel"
import { Pickers } from "./Pickers"
import { Stats } from "./Stats"
import { checkState, EditorContext, editorNow, select, textOpen, type Editor } from "./state"

const TextView = lazy(() => import("./TextView"))

export default function NetworkPlace() {
  const project = useProject()
  const palette = usePalette()
  const { rest, query } = useAddress()
  const { root } = useParsed()
  const checks = useStore(checkState)
  useChecks(project.document)
  const first = networkPaths(root)[0]?.join("/") ?? "network"
  const id = rest.length ? rest.join("/") : first
  const inside = query.get("in")
  const types = useMemo(() => new Map(palette.data?.layers.map((l) => [l.name, l])), [palette.data])
  const editor = useMemo((): Editor | undefined => {
    if (!palette.data) return undefined
    const place = placeOf(project.name, root, id, inside, checks)
    const empty = { id, path: id.split("/"), name: id, unit: false, arguments: {}, inputs: ["x"], layers: [], output: -1, outputGiven: false, list: id.split("/"), byName: new Map() }
    const shown = place ?? { network: empty, outer: id, checked: id, prefix: "", crumbs: [{ label: id, address: networkAddress(project.name, id) }] }
    return { ...shown, document: project.document, palette: palette.data, types, project: project.name }
  }, [palette.data, types, root, id, inside, checks, project])
  useLayoutEffect(() => {
    editorNow.set(editor)
    return () => editorNow.set(undefined)
  }, [editor])
  const opened = useRef(id)
  useEffect(() => {
    if (opened.current !== id) select()
    opened.current = id
  }, [id])
  useEffect(() => {
    const gone = rest.length > 0 && !networkPaths(root).some((p) => p.join("/") === id)
    if (gone && id !== first) go(networkAddress(project.name, first), { replace: true })
  }, [rest, root, id, first, project.name])
  if (palette.error) throw palette.error
  if (!editor) return <div className="busy">{ShellT().loading}</div>
  return (
    <EditorContext value={editor}>
      <ReactFlowProvider>
        <Layout />
      </ReactFlowProvider>
    </EditorContext>
  )
}

function Layout() {
  const text = useStore(textOpen)
  const { error } = useParsed()
  useEditorKeys()
  return (
    <>
      <h1 className="hidden">{ShellT().network}</h1>
      <Head drawn={!error} />
      <div className={`network${text ? " with-text" : ""}`}>
        <PalettePanel />
        <div className={`network-middle${error ? " stale" : ""}`}>
          <Canvas />
        </div>
        {text && (
          <Suspense fallback={<div className="text-view busy">{ShellT().loading}</div>}>
            <TextView />
          </Suspense>
        )}
        <Inspector />
        <Stats />
      </div>
      <Pickers />
    </>
  )
}
