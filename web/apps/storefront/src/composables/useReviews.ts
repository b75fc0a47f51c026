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

/** The reviews of a product: figures, a choice, and a list that grows. Nothing is asked for before `load`. */
export function useReviews(shop: Pick<Shop, 'reviews' | 'reviewSummary'>, productId: string) {
  const summary = shallowRef<ReviewSummary>()
  const first = shallowRef<Page<Review>>()
  const problem = shallowRef<ShopProblem>()
  const isLoading = ref(false)
  const choice = ref<ReviewChoice>('all')
  let turn = 0

  async function attempt(run: () => Promise<void>): Promise<void> {
    turn += 1
    const mine = turn
    isLoading.value = true
    try {
      await run()
      problem.value = undefined
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      if (mine === turn) problem.value = error
    } finally {
      if (mine === turn) isLoading.value = false
    }
  }

  async function list(): Promise<void> {
    const wanted = choice.value
    const answer = await shop.reviews(productId, filterOf(wanted))
    if (wanted === choice.value) first.value = answer
  }

  const load = () =>
    attempt(async () => {
      const [figures] = await Promise.all([shop.reviewSummary(productId), list()])
      summary.value = figures
    })
  watch(choice, () => void attempt(list))
  const growth = useLoadMore(
    () => first.value,
    (cursor) => shop.reviews(productId, filterOf(choice.value), cursor),
  )
  return { summary, first, problem, isLoading, choice, load, ...growth, bars: computed(() => (summary.value ? barsOf(summary.value) : [])) }
}
