import type { SearchResult } from '@jishi/api'
import { computed, reactive } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { SearchQuery } from '../api/shop'
import { useShop } from '../api/shop'
import type { Filters } from '../search/filters'
import { apiQuery, filtersOf, queryOf } from '../search/filters'
import { useLoadMore } from './useLoadMore'

/** A list whose filters live in the address: reading them, changing them, asking for the first and the further pages. */
export function useListing(result: () => SearchResult | undefined, fixed: () => SearchQuery) {
  const shop = useShop()
  const route = useRoute()
  const router = useRouter()
  const filters = computed(() => filtersOf(route.query))
  const ask = (cursor?: string) => shop.search(apiQuery(filters.value, fixed(), cursor))
  const { items, hasMore, isBusy, hasFailed, more } = useLoadMore(result, ask)

  function change(next: Filters): void {
    void router.push({ query: queryOf(next) })
  }
  return { filters, products: items, growth: reactive({ hasMore, isBusy, hasFailed }), ask, more, change }
}
