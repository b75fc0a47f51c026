import type { Page, Review, ReviewSummary } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Shop } from '../api/shop'
import { useLoadMore } from './useLoadMore'

/** The choice above the reviews: all of them, those with pictures, or those of so many stars. */
export type ReviewChoice = 'all' | 'pictures' | 1 | 2 | 3 | 4 | 5

/** What a choice means to the API. */
export function filterOf(choice: ReviewChoice): { stars?: number; with_pictures?: boolean } {
  if (choice === 'all') return {}
  return choice === 'pictures' ? { with_pictures: true } : { stars: choice }
}

/** The bars of a summary, five stars first; `percent` of all reviews, whole. */
export function barsOf(summary: ReviewSummary): { stars: 1 | 2 | 3 | 4 | 5; count: number; percent: number }[] {
  const total = summary.by_stars.reduce((sum, count) => sum + count, 0)
  return ([5, 4, 3, 2, 1] as const).map((stars) => {
    const count = summary.by_stars[stars - 1] ?? 0
    return { stars, count, percent: total === 0 ? 0 : Math.round((100 * count) / total) }
  })
}

/** What a product's page brings of its reviews: the latest, and all in figures. */
export interface Reviewed {
  reviews: Page<Review>
  summary: ReviewSummary
}

/** The reviews of a product: a choice, and a list that grows; what the page brought is not asked for again. */
export function useReviews(shop: Pick<Shop, 'reviews'>, productId: string, brought: () => Reviewed) {
  const chosen = shallowRef<Page<Review>>()
  const problem = shallowRef<ShopProblem>()
  const isLoading = ref(false)
  const choice = ref<ReviewChoice>('all')
  const first = computed(() => chosen.value ?? brought().reviews)
  let turn = 0

  async function load(): Promise<void> {
    turn += 1
    const mine = turn
    problem.value = undefined
    isLoading.value = choice.value !== 'all'
    if (!isLoading.value) return void (chosen.value = undefined)
    try {
      const answer = await shop.reviews(productId, filterOf(choice.value))
      if (mine === turn) chosen.value = answer
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      if (mine === turn) problem.value = error
    } finally {
      if (mine === turn) isLoading.value = false
    }
  }

  watch(choice, () => void load())
  const growth = useLoadMore(
    () => first.value,
    (cursor) => shop.reviews(productId, filterOf(choice.value), cursor),
  )
  return { problem, isLoading, choice, load, ...growth }
}
