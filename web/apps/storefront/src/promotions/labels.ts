import { ShopProblem } from '@jishi/api'
import type { CardLabels } from '@jishi/ui'
import type { ShallowRef } from 'vue'
import { shallowRef } from 'vue'
import type { Shop } from '../api/shop'

/** Cards that appear together are asked for together, so many at a time. */
const TOGETHER_MS = 300
const ASKED_MAX = 40
/** So long what was learnt is shown again without asking. */
const KNOWN_MS = 60_000

/** Labels of cards: one question for the cards of a page, after they stand. A card without an answer has no label. */
export function makeCardLabels(shop: Pick<Shop, 'promotionLabels'>): CardLabels {
  const known = new Map<string, { labels: ShallowRef<readonly string[] | undefined>; asked_ms: number }>()
  let waiting: string[] = []

  async function ask(ids: string[]): Promise<void> {
    try {
      const { items } = await shop.promotionLabels(ids)
      const found = new Map(items.map(({ product_id, labels }) => [product_id, labels]))
      for (const id of ids) {
        const one = known.get(id)
        if (one) one.labels.value = found.get(id) ?? []
      }
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
    }
  }

  function flush(): void {
    const ids = waiting
    waiting = []
    for (let from = 0; from < ids.length; from += ASKED_MAX) void ask(ids.slice(from, from + ASKED_MAX))
  }

  return (id) => {
    const one = known.get(id) ?? { labels: shallowRef<readonly string[]>(), asked_ms: -Infinity }
    if (Date.now() - one.asked_ms >= KNOWN_MS) {
      one.asked_ms = Date.now()
      known.set(id, one)
      if (waiting.length === 0) setTimeout(flush, TOGETHER_MS)
      waiting.push(id)
    }
    return one.labels
  }
}
