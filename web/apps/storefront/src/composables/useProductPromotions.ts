import type { PriceAfter, ProductPromotions } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { useDebounceFn } from '@vueuse/core'
import { computed, onMounted, shallowRef, watch } from 'vue'
import { useShop } from '../api/shop'

/** A hand on the stepper asks once, when it rests. */
const REST_MS = 250

/** What runs for a product, and what so many pieces of the chosen SKU come to. Without an answer nothing is said. */
export function useProductPromotions(productId: () => string, skuId: () => string | undefined, quantity: () => number) {
  const shop = useShop()
  const found = shallowRef<ProductPromotions>()
  let turn = 0

  async function ask(): Promise<void> {
    turn += 1
    const mine = turn
    try {
      const answer = await shop.productPromotions(productId(), quantity())
      if (mine === turn) found.value = answer
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
    }
  }

  onMounted(() => void ask())
  watch([productId, quantity], useDebounceFn(ask, REST_MS))
  const price = computed<PriceAfter | undefined>(() => {
    // What other numbers of pieces come to says nothing about these.
    if (found.value?.quantity !== quantity()) return undefined
    return found.value.prices.find(({ sku_id }) => sku_id === skuId())
  })
  return { items: computed(() => found.value?.items ?? []), price }
}
