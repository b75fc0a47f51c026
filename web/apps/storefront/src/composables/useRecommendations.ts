import type { RecommendationPlace, Recommendations } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { useIntersectionObserver } from '@vueuse/core'
import type { Ref } from 'vue'
import { computed, shallowRef, watch } from 'vue'
import { useShop } from '../api/shop'
import { useRefusals } from './useRefusals'

/** Where behaviour counts what is shown: both rows beside a product count as its page. */
export function placementOf(place: RecommendationPlace): string {
  return place === 'together' || place === 'similar' ? 'product' : place
}

/** A row of goods for a place, asked for when its reader comes near; without an answer there is no row. */
export function useRecommendations(place: RecommendationPlace, productIds: () => readonly string[], spot: Ref<HTMLElement | null>, limit: number) {
  const shop = useShop()
  const { refused, refuse } = useRefusals()
  const found = shallowRef<Recommendations>()
  const items = computed(() => (found.value?.items ?? []).filter(({ product }) => !refused.has(product.id)))
  let isNear = false
  let asked = ''

  async function ask(): Promise<void> {
    const ids = productIds()
    const question = ids.join()
    if (!isNear || (found.value && question === asked)) return
    asked = question
    try {
      const answer = await shop.recommendations(place, ids, { limit })
      if (question === asked) found.value = answer
    } catch (error) {
      // A row that is a kindness is left out when it cannot be filled.
      if (!(error instanceof ShopProblem)) throw error
    }
  }

  const { stop } = useIntersectionObserver(
    spot,
    ([entry]) => {
      if (!entry?.isIntersecting) return
      isNear = true
      stop()
      void ask()
    },
    { rootMargin: '400px 0px' },
  )
  watch(() => productIds().join(), () => void ask())
  return { model: computed(() => found.value?.model ?? ''), arm: computed(() => found.value?.arm ?? ''), items, refuse }
}
