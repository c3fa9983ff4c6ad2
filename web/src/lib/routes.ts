// Written by routes.mjs from the server's OpenAPI file; do not edit.
import type { Value } from "./json"

/** All that can be asked for; what stands behind a question mark is not looked at. */
export type Route =
  | `/bin/${string}/restore`
  | `/bin/${string}`
  | `/bin`
  | `/builtins`
  | `/check`
  | `/columns`
  | `/data/${string}/examples`
  | `/data/${string}/picture/${string}`
  | `/data/${string}/statistics`
  | `/data/${string}`
  | `/data`
  | `/events`
  | `/functions/${string}`
  | `/functions`
  | `/jobs`
  | `/projects/${string}/history/${string}`
  | `/projects/${string}/history`
  | `/projects/${string}`
  | `/projects`
  | `/runs/${string}/clone`
  | `/runs/${string}/evaluate`
  | `/runs/${string}/files/${string}/${string}`
  | `/runs/${string}/files/${string}`
  | `/runs/${string}/kill`
  | `/runs/${string}/log`
  | `/runs/${string}/metrics`
  | `/runs/${string}/outputs`
  | `/runs/${string}/predict`
  | `/runs/${string}/project`
  | `/runs/${string}/resume`
  | `/runs/${string}/stop`
  | `/runs/${string}/suspend`
  | `/runs/${string}/tensors`
  | `/runs/${string}`
  | `/runs`
  | `/schedule`
  | `/session/password`
  | `/session`
  | `/system`
  | `/uploads/${string}`
  | `/users/${string}`
  | `/users`

/** What the routes are sent. */
export interface Bodies {
  "PATCH /projects/{project}": { name: string }
  "PATCH /runs/{run}": { name?: string; notes?: string; tags?: Value[]; priority?: number }
  "POST /check": { [key: string]: Value }
  "POST /data": { name: string; from: { [key: string]: Value }; width?: number; height?: number; channels?: number; fit?: string; filter?: string; labels?: string; target?: string; classify?: boolean; split?: string; unstratified?: boolean; seed?: number; damaged?: string }
  "POST /jobs": { project: string; name?: string; set?: { [key: string]: Value }; sweep?: { [key: string]: Value }; group?: string; tags?: Value[]; notes?: string; priority?: number; slot?: string }
  "POST /projects": { name: string; project?: { [key: string]: Value }; from?: string; builtin?: string }
  "POST /runs/{run}/clone": { name?: string; set?: { [key: string]: Value }; sweep?: { [key: string]: Value }; group?: string; tags?: Value[]; notes?: string; priority?: number; slot?: string; snapshot?: string }
  "POST /runs/{run}/evaluate": { data?: string; part?: string; monitor?: string; best?: boolean; limit?: number }
  "POST /runs/{run}/predict": { upload: string; best?: boolean }
  "POST /runs/{run}/resume": { epochs?: number }
  "POST /schedule": { schedule: Value; rate?: number; epochs?: number; steps?: number; points?: number }
  "POST /session": { token?: string; user?: string; password?: string }
  "POST /session/password": { password: string; new: string }
  "PUT /projects/{project}": { [key: string]: Value }
  "PUT /users/{user}": { role?: string; password?: string }
}
