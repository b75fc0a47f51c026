import { cookieValue, rememberChoice } from '@jishi/ui'
import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, watch } from 'vue'
import { useRouter } from 'vue-router'
import type { Demo } from './demo'

export const TOUR_COOKIE = 'jishi_tour'

/** The stops, and what of the page each points at; the first of it that can be seen is marked. */
export const STOPS = [
  { name: 'welcome' },
  { name: 'search', target: 'header form' },
  { name: 'cart', target: 'a[href$="/cart"]' },
  { name: 'accounts', target: 'a[href$="/sign-in"], a[href$="/me"]' },
  { name: 'faces', target: 'a[href="/merchant/"]' },
] as const satisfies readonly { name: string; target?: string }[]

const MARK = 'data-tour-here'

/** Whether somebody is in a demo market that has not shown him around yet. */
export function isNewcomer(demo: Demo | null, cookies: string): boolean {
  return demo !== null && cookieValue(cookies, TOUR_COOKIE) === undefined
}

function mark(target: string | undefined): void {
  for (const marked of document.querySelectorAll(`[${MARK}]`)) marked.removeAttribute(MARK)
  if (!target) return
  const seen = [...document.querySelectorAll<HTMLElement>(target)].find((found) => found.offsetParent !== null || found.getClientRects().length > 0)
  seen?.setAttribute(MARK, '')
}

/** Be shown around once more: wherever it is asked for, the way begins on the home page. */
export const useTourAgain = defineStore('tour', () => {
  const isAsked = ref(false)
  const router = useRouter()
  async function start(): Promise<void> {
    await router.push('/')
    isAsked.value = true
  }
  return { isAsked, start, over: () => (isAsked.value = false) }
})

/** Walk from stop to stop; the end is remembered for a year. */
export function useTour(ended: () => void) {
  const at = ref(0)
  const stop = computed(() => STOPS[at.value] ?? STOPS[0])
  const isLast = computed(() => at.value === STOPS.length - 1)
  watch(stop, (now) => mark('target' in now ? now.target : undefined), { immediate: true })
  onScopeDispose(() => mark(undefined))

  function end(): void {
    rememberChoice(document, TOUR_COOKIE, 'seen')
    ended()
  }

  function move(by: 1 | -1): void {
    if (by === 1 && isLast.value) return end()
    at.value = Math.max(0, at.value + by)
  }

  return { at, stop, isLast, move, end, count: STOPS.length }
}
