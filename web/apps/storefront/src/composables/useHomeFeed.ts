import type { Page, ProductCard, Recommendation } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { computed, onMounted, shallowRef } from 'vue'
import { useShop } from '../api/shop'
import { useLoadMore } from './useLoadMore'
import { useRefusals } from './useRefusals'

const PAGE_LENGTH = 20

/** A product of the feed; the newest ones, which the page itself brings, have no reason yet. */
export interface FeedItem {
  id: string
  product: ProductCard
  reason?: Recommendation
}

interface Feed {
  model: string
  arm: string
  items: FeedItem[]
  next_cursor: string | null
}

/** What each page's feed became, so that a page that is come back to is as long as it was. */
const chosenFor = new WeakMap<object, Feed>()

/** The endless feed: at first the newest goods, which everybody's page brings; then what is chosen for who reads it. */
export function useHomeFeed(newest: () => Page<ProductCard> | undefined) {
  const shop = useShop()
  const { refused, refuse } = useRefusals()
  const chosen = shallowRef<Feed>()
  const plain = computed<Feed | undefined>(() => {
    const page = newest()
    return page && { model: '', arm: '', items: page.items.map((product) => ({ id: product.id, product })), next_cursor: page.next_cursor }
  })

  async function ask(cursor?: string): Promise<Feed> {
    const found = await shop.recommendations('home', [], { limit: PAGE_LENGTH, ...(cursor ? { cursor } : {}) })
    return { model: found.model, arm: found.arm, next_cursor: found.next_cursor, items: found.items.map((reason) => ({ id: reason.product.id, product: reason.product, reason })) }
  }

  async function choose(): Promise<void> {
    const page = newest()
    const before = page && chosenFor.get(page)
    if (before) {
      chosen.value = before
      return
    }
    try {
      const found = await ask()
      if (!found.items.length) return
      chosen.value = found
      if (page) chosenFor.set(page, found)
    } catch (error) {
      // Without an answer the newest goods stay.
      if (!(error instanceof ShopProblem)) throw error
    }
  }
  onMounted(choose)

  async function next(cursor: string): Promise<Pick<Feed, 'items' | 'next_cursor'>> {
    if (chosen.value) return ask(cursor)
    const page = await shop.products(cursor)
    return { items: page.items.map((product) => ({ id: product.id, product })), next_cursor: page.next_cursor }
  }
  const list = useLoadMore<FeedItem>(() => chosen.value ?? plain.value, next)
  const items = computed(() => list.items.value.filter(({ id }) => !refused.has(id)))
  return { ...list, items, refuse, model: computed(() => chosen.value?.model ?? ''), arm: computed(() => chosen.value?.arm ?? '') }
}
