// Where a page ends up that has no right to be here yet.
import { useState } from "react"
import { useQueryClient } from "@tanstack/react-query"
import { api } from "../lib/api"
import { T } from "./texts"

export function Login({ error }: { error: Error | null }) {
  const client = useQueryClient()
  const t = T()
  const [user, setUser] = useState("")
  const [text, setText] = useState("")
  const [problem, setProblem] = useState<string>()
  const enter = async () => {
    try {
      await api("/session", { body: user ? { user, password: text } : { token: text.trim() } })
      await client.invalidateQueries()
    } catch (e) {
      setProblem((e as Error).message)
    }
  }
  return (
    <main className="empty">
      <h1>Rensa</h1>
      <p>{t.loginText}</p>
      <form
        className="field"
        onSubmit={(e) => {
          e.preventDefault()
          void enter()
        }}
      >
        <label className="field">
          <span>{t.user}</span>
          <input autoComplete="username" value={user} onChange={(e) => setUser(e.target.value)} />
        </label>
        <label className="field">
          <span>{user ? t.password : t.token}</span>
          <input type="password" autoComplete="current-password" value={text} onChange={(e) => setText(e.target.value)} />
        </label>
        {(problem ?? (error && "status" in error && error.status === 0 ? error.message : undefined)) && <span className="wrong">{problem ?? error?.message}</span>}
        <button className="button main" disabled={!text}>
          {t.login}
        </button>
      </form>
    </main>
  )
}
