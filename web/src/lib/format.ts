// Numbers and times as people say them.
import { getLanguage } from "./texts"

/** 431080 → 431 k, with three digits that count. */
export function short(n: number): string {
  if (!Number.isFinite(n)) return String(n)
  const size = Math.abs(n)
  for (const [unit, factor] of [["T", 1e12], ["G", 1e9], ["M", 1e6], ["k", 1e3]] as const)
    if (size >= factor * 0.9995) return `${three(n / factor)} ${unit}`
  return size !== 0 && size < 1e-3 ? n.toExponential(2) : three(n)
}

const three = (n: number) => {
  const size = Math.abs(n)
  return Number.isInteger(n) && size < 1000 ? String(n) : n.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)
}

/** With a thin gap at each thousand: 431 080. */
export const whole = (n: number) => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, "\u202f")

export function bytes(n: number): string {
  let unit = 0
  while (n >= 1000 && unit < 4) (n /= 1024), unit++
  return `${three(n)} ${["B", "KB", "MB", "GB", "TB"][unit]}`
}

export const percent = (share: number, digits = 1) => `${(share * 100).toFixed(digits)} %`

/** A measured value in a table: four digits, aligned. */
export function metric(n: number | null | undefined): string {
  if (n === null || n === undefined) return "–"
  if (!Number.isFinite(n)) return String(n)
  const size = Math.abs(n)
  return size !== 0 && (size < 1e-3 || size >= 1e5) ? n.toExponential(2) : n.toFixed(size >= 100 ? 1 : 4)
}

const PARTS = { en: [" d", " h", " min", " s"], ja: [" 日", " 時間", " 分", " 秒"] }

/** 3725 → 1 h 2 min. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–"
  const names = PARTS[getLanguage()]
  if (seconds < 10) return `${seconds.toFixed(1)}${names[3]}`
  const s = Math.round(seconds)
  const parts = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60, s % 60]
  const first = parts.findIndex((p) => p > 0)
  return parts.slice(first, first + 2).map((p, i) => (p || i === 0 ? `${p}${names[first + i]}` : "")).filter(Boolean).join(" ")
}

/** How long ago, or the day. */
export function ago(time: number | string, now = Date.now()): string {
  const at = typeof time === "number" ? time * 1000 : Date.parse(time)
  const seconds = (now - at) / 1000
  const words = new Intl.RelativeTimeFormat(getLanguage(), { numeric: "auto" })
  if (seconds < 60) return words.format(0, "minute")
  if (seconds < 3600) return words.format(-Math.floor(seconds / 60), "minute")
  if (seconds < 86400) return words.format(-Math.floor(seconds / 3600), "hour")
  if (seconds < 7 * 86400) return words.format(-Math.floor(seconds / 86400), "day")
  return new Date(at).toLocaleDateString(getLanguage(), { year: "numeric", month: "short", day: "numeric" })
}
