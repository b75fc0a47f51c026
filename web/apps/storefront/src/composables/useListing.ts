import type { ProductCard, SearchResult } from '@jishi/api'
import { computed, reactive } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { SearchQuery } from '../api/shop'
import { useShop } from '../api/shop'
import type { Filters } from '../search/filters'
import { apiQuery, filtersOf, queryOf } from '../search/filters'
import { useLoadMore } from './useLoadMore'

export interface Listed extends ProductCard {
  /** The title in parts, of which every second one was searched for. */
  parts?: readonly string[]
}

function marked(product: Listed, parts: SearchResult['title_parts'] | undefined): Listed {
  const found = parts?.[product.id]
  return found ? { ...product, parts: found } : product
}

/** A list whose filters live in the address: reading them, changing them, asking for the first and the further pages. */
export function useListing(result: () => SearchResult | undefined, fixed: () => SearchQuery) {
  const shop = useShop()
  const route = useRoute()
  const router = useRouter()
  const filters = computed(() => filtersOf(route.query))
  const ask = (cursor?: string) => shop.search(apiQuery(filters.value, fixed(), cursor))
  const { items, hasMore, isBusy, hasFailed, more } = useLoadMore(result, async (cursor) => {
    const answer = await ask(cursor)
    return { ...answer, items: answer.items.map((product) => marked(product, answer.title_parts)) }
  })
  const products = computed(() => items.value.map((product) => marked(product, result()?.title_parts)))

  function change(next: Filters): void {
    void router.push({ query: queryOf(next) })
  }
  return { filters, products, growth: reactive({ hasMore, isBusy, hasFailed }), ask, more, change }
}
