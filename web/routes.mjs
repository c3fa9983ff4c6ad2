// Writes src/lib/routes.ts, the routes of the server and what they are sent, from the server's own OpenAPI file.
// Usage: node routes.mjs RENSA [--print]
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const MEMBERS_MAX = 40

function typeOf(schema = {}) {
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(" | ")
  if (schema.type === "array") return `${typeOf(schema.items)}[]`
  if (schema.type === "object" && schema.properties && Object.keys(schema.properties).length <= MEMBERS_MAX) {
    const members = Object.entries(schema.properties).map(([k, v]) => `${/^\w+$/.test(k) ? k : JSON.stringify(k)}${schema.required?.includes(k) ? "" : "?"}: ${typeOf(v)}`)
    return `{ ${members.join("; ")} }`
  }
  return { string: "string", integer: "number", number: "number", boolean: "boolean", object: "{ [key: string]: Value }" }[schema.type] ?? "Value"
}

export function routesText(openapi) {
  const paths = []
  const bodies = []
  for (const [path, methods] of Object.entries(openapi.paths)) {
    const short = path.replace(/^\/api/, "") || "/"
    if (short !== "/") paths.push(short)
    for (const [method, route] of Object.entries(methods)) {
      const schema = route.requestBody?.content?.["application/json"]?.schema
      if (schema) bodies.push(`  "${method.toUpperCase()} ${short}": ${typeOf(schema)}`)
    }
  }
  const pattern = (path) => "`" + path.replaceAll(/\{[^}]*\}/g, "${string}") + "`"
  return [
    "// Written by routes.mjs from the server's OpenAPI file; do not edit.",
    'import type { Value } from "./json"',
    "",
    "/** All that can be asked for; what stands behind a question mark is not looked at. */",
    "export type Route =",
    ...[...new Set(paths.map(pattern))].sort().map((p) => `  | ${p}`),
    "",
    "/** What the routes are sent. */",
    "export interface Bodies {",
    ...bodies.sort(),
    "}",
    "",
  ].join("\n")
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = routesText(JSON.parse(execFileSync(process.argv[2], ["serve", "--routes"], { encoding: "utf8", maxBuffer: 1 << 26 })))
  if (process.argv.includes("--print")) process.stdout.write(text)
  else writeFileSync(join(dirname(fileURLToPath(import.meta.url)), "src/lib/routes.ts"), text)
}
