import type { Suggestion } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { useDebounceFn } from '@vueuse/core'
import { ref, watch } from 'vue'
import type { Ref } from 'vue'

const WAIT_MS = 120
const RECENT_KEY = 'jishi_recent_searches'
const RECENT_MAX = 8

/** The searches of this browser, newest first. */
export function readRecent(storage: Storage): string[] {
  try {
    const found: unknown = JSON.parse(storage.getItem(RECENT_KEY) ?? '[]')
    return Array.isArray(found) ? found.filter((text): text is string => typeof text === 'string').slice(0, RECENT_MAX) : []
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}

export function remember(storage: Storage, words: string): void {
  const text = words.trim()
  if (!text) return
  const others = readRecent(storage).filter((other) => other !== text)
  storage.setItem(RECENT_KEY, JSON.stringify([text, ...others].slice(0, RECENT_MAX)))
}

export function forgetRecent(storage: Storage): void {
  storage.removeItem(RECENT_KEY)
}

/**
 * Completions for what is being typed, and which of them the arrow keys stand on. A late answer to older words is
 * dropped; when suggestions fail there are simply none, searching still works.
 */
export function useSuggestions(words: Ref<string>, ask: (words: string, signal: AbortSignal) => Promise<{ items: Suggestion[] }>, wait_ms = WAIT_MS) {
  const items = ref<Suggestion[]>([])
  const active = ref(-1)
  let running: AbortController | undefined

  async function refresh(): Promise<void> {
    running?.abort()
    const text = words.value.trim()
    active.value = -1
    if (!text) {
      items.value = []
      return
    }
    const mine = new AbortController()
    running = mine
    try {
      const answer = await ask(text, mine.signal)
      if (!mine.signal.aborted) items.value = answer.items
    } catch (error) {
      if (mine.signal.aborted) return
      if (!(error instanceof ShopProblem)) throw error
      items.value = []
    }
  }
  watch(words, useDebounceFn(refresh, wait_ms))

  function move(by: number): void {
    const count = items.value.length
    if (count > 0) active.value = (active.value + by + count + (active.value < 0 && by < 0 ? 1 : 0)) % count
  }

  function close(): void {
    running?.abort()
    items.value = []
    active.value = -1
  }
  return { items, active, move, close, refresh }
}
