// The real server, in a work folder of its own.
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export async function startServer(program) {
  const folder = mkdtempSync(join(tmpdir(), "rensa-serve-"))
  const child = spawn(program, ["serve", "--port", "0", "--dir", folder], { stdio: ["ignore", "pipe", "pipe"] })
  let said = ""
  const address = await new Promise((done, fail) => {
    const look = (chunk) => {
      said += chunk
      const found = /http:\/\/\S+/.exec(said)
      if (found) done(found[0])
    }
    child.stdout.on("data", look)
    child.stderr.on("data", look)
    child.on("exit", (code) => fail(new Error(`rensa serve ended with ${code}: ${said.slice(0, 500)}`)))
  })
  const { origin, searchParams } = new URL(address)
  const token = searchParams.get("token")
  const call = async (path, { method = "GET", body } = {}) => {
    const answer = await fetch(`${origin}/api${path}`, { method, body, headers: { Authorization: `Bearer ${token}`, ...(body ? { "Content-Type": "application/json" } : {}) } })
    return answer.json()
  }
  return {
    url: origin, entry: `${address.slice(origin.length)}`, folder, call,
    /** Trainings outlive their server, so they are ended first. */
    async close() {
      const active = async () => ((await call("/runs?count=100")).runs ?? []).filter((r) => ["running", "queued"].includes(r.state))
      for (const run of await active()) await call(`/runs/${run.id}/kill`, { method: "POST" })
      for (let i = 0; i < 50 && (await active()).length; i++) await new Promise((done) => setTimeout(done, 100))
      const ended = new Promise((done) => child.on("exit", done))
      child.kill("SIGINT")
      await ended
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
