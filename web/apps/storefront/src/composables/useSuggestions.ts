import type { Suggestion } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { useDebounceFn } from '@vueuse/core'
import { ref, watch } from 'vue'
import type { Ref } from 'vue'

const WAIT_MS = 120

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
