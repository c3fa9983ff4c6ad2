// Texts in English and Japanese: each place has one table; a missing or misspelt key does not compile.
import { createKept, useStore } from "./store"

export type Language = "en" | "ja"
type Texts = { [key: string]: string | ((...a: never[]) => string) }
type Same<T> = { [K in keyof T]: T[K] extends string ? string : T[K] }

const browser: Language = globalThis.navigator?.language?.startsWith("ja") ? "ja" : "en"
const language = createKept<Language>("rensa.language", browser)

export const useLanguage = () => useStore(language)
export const getLanguage = () => language.get()
export const setLanguage = (next: Language) => language.set(next)

/** The table in the language of the moment. The whole page is drawn anew when that changes. */
export function texts<T extends Texts>(en: T, ja: Same<T>): () => Same<T> {
  return () => (language.get() === "ja" ? ja : (en as Same<T>))
}
