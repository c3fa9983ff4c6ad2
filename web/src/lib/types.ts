// What the server answers with. Members that may be missing are marked; the page does without them.
import type { Value } from "./json"

export interface Failure {
  what: string
  where?: string
  line?: number
  near?: string
}

export interface Session {
  user?: string
  role: "viewer" | "user" | "owner" | "nobody"
  version?: string
  devices?: { name: string; description?: string }[]
}

export interface ProjectRow {
  name: string
  revision?: string
  changed?: string | number
  layers?: number
  runs?: number
  description?: string
}

export interface OptionRow {
  name: string
  type: "integer" | "integers" | "number" | "bool" | "choice" | "dtype" | "axes" | "shape" | "ranges" | "text" | "initialiser"
  default?: Value
  required?: boolean
  doc?: string
  min?: number
  max?: number
  count?: number
  choices?: string[]
}

export interface Described {
  name: string
  doc?: string
  formula?: string
  shapes?: string
  types?: string
  reference?: string
}

export interface LayerType extends Described {
  kind: "link" | "function"
  topic: string
  inputs: { name: string; optional?: boolean; list?: boolean }[]
  options: OptionRow[]
  parameters?: { name: string; initialiser?: string | null; state?: boolean }[]
}

export interface OptimizerType extends Described {
  rate: string
  options: OptionRow[]
}

export interface MemberRow {
  name: string
  kinds: string[]
  doc: string
}

/** All that a project can be made of, from the library's own tables. */
export interface Palette {
  layers: LayerType[]
  losses: string[]
  metrics: string[]
  optimizers: OptimizerType[]
  schedules: string[]
  hooks: (Described & { numbers?: string })[]
  initialisers: Described[]
  members: Record<string, MemberRow[]>
}

export interface Fault {
  what: string
  detail?: string
  path?: string
  network?: string
  layer?: string
  member?: string
  line?: number
  column?: number
}

export const COSTS = ["output", "parameter", "add", "multiply", "multiply_add", "division", "exp", "if", "bytes", "seconds"] as const
export type Cost = (typeof COSTS)[number]
export type Costs = Partial<Record<Cost, number>>

export interface LayerInfo {
  name?: string
  path: string
  type: string
  shape?: number[] | null
  dtype?: string
  known?: boolean
  unit?: boolean
  shared?: boolean
  parameters?: { name: string; shape: number[]; state?: boolean }[]
  costs?: Costs
}

export interface NetworkInfo {
  inputs?: { name: string; shape?: number[] | null; dtype?: string }[]
  layers: LayerInfo[]
  total?: Costs
}

export interface Check {
  errors: Fault[]
  warnings?: Fault[]
  machine?: string
  batch?: number
  data?: Record<string, { examples: number; source: string; columns: { name: string; dtype: string; shape: number[]; classes?: number }[] }>
  networks: Record<string, NetworkInfo>
}

export type RunState = "queued" | "running" | "finished" | "failed" | "stopped" | "suspended" | "interrupted" | "killed"
/** Steps and values. */
export type Points = [number, number | null][]

export interface Run {
  id: string
  project?: string
  name?: string
  state: RunState
  /** Seconds since 1970. */
  created?: number
  started?: number
  ended?: number
  seconds?: number
  epoch?: number
  epochs?: number
  iteration?: number
  slot?: string
  priority?: number
  tags?: string[]
  notes?: string
  group?: string
  parent?: string
  error?: string | null
  /** Of columns that were asked for: "test_loss", "max.test_accuracy", "set.training.batch". */
  values?: Record<string, Value>
  command?: string[]
  files?: { name: string; bytes: number }[]
}

export interface MetricsAnswer {
  /** How many points each has. */
  curves: Record<string, number>
  series: Record<string, { n: number; x: number[]; y: (number | null)[] }>
}

export interface Metrics {
  series: Record<string, Points>
}

export interface DataRow {
  name: string
  brief?: string
  origin?: string
  known?: boolean
}

export interface LiveEvent {
  type: string
  [key: string]: unknown
}
