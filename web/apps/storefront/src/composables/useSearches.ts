import type { HotWord } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { shallowRef } from 'vue'
import { useShop } from '../api/shop'

/** Of a kindness nobody asked for, nobody is told that it failed. */
async function quietly(call: () => Promise<void>): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!(error instanceof ShopProblem)) throw error
  }
}

/** One's own searches, the latest first, and what many look for; asked for when the box is opened for the first time. */
export function useSearches() {
  const shop = useShop()
  const recent = shallowRef<string[]>([])
  const hot = shallowRef<HotWord[]>([])
  let isAsked = false

  async function open(): Promise<void> {
    if (isAsked) return
    isAsked = true
    await Promise.all([
      quietly(async () => void (recent.value = (await shop.searches()).items.map(({ words }) => words))),
      quietly(async () => void (hot.value = (await shop.hotWords()).items)),
    ])
  }

  async function remember(words: string): Promise<void> {
    const text = words.split(/\s+/).filter(Boolean).join(' ')
    if (!text) return
    recent.value = [text, ...recent.value.filter((other) => other !== text)]
    await quietly(() => shop.noteSearch(text))
  }

  /** Forget one search, or all of them; they are gone from sight at once, and come back if they could not be forgotten. */
  async function forget(words?: string): Promise<void> {
    const before = recent.value
    recent.value = words === undefined ? [] : before.filter((other) => other !== words)
    try {
      await shop.forgetSearches(words === undefined ? [] : [words])
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      recent.value = before
    }
  }
  return { recent, hot, open, remember, forget }
}
