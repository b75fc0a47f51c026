import type { InjectionKey } from 'vue'
import { inject } from 'vue'
import type { Router, RouterHistory } from 'vue-router'

/** What pages showed when they were left, so that back and forward bring them as they were, at the same height. */
export interface PageMemory {
  /** The data of the place that back or forward led to; undefined after any other move, or when it is too old. */
  recall: () => unknown
  /** The place that is shown now. */
  here: () => string
  /** Remember what a place shows. */
  keep: (place: string, data: unknown) => void
}

const KEPT_MAX = 20
const FRESH_MS = 5 * 60_000

/** Watch a router's moves; the same address reached by a link is never remembered, only its place in the history. */
export function makePageMemory(router: Router, history: RouterHistory, now: () => number = Date.now): PageMemory {
  const kept = new Map<string, { data: unknown; at: number }>()
  let hasPopped = false
  let isReturn = false
  let place = ''

  history.listen(() => {
    hasPopped = true
  })
  router.afterEach((to) => {
    isReturn = hasPopped
    hasPopped = false
    place = `${String(history.state.position)} ${to.fullPath}`
  })

  return {
    recall: () => {
      const found = kept.get(place)
      return isReturn && found && now() - found.at < FRESH_MS ? found.data : undefined
    },
    here: () => place,
    keep: (at, data) => {
      kept.delete(at)
      kept.set(at, { data, at: now() })
      const oldest = kept.keys().next().value
      if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest)
    },
  }
}

export const PAGE_MEMORY: InjectionKey<PageMemory> = Symbol('page-memory')

export function usePageMemory(): PageMemory {
  const found = inject(PAGE_MEMORY)
  if (!found) throw new Error('the app gives no page memory')
  return found
}
