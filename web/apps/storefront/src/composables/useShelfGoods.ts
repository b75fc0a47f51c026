import type { Shelf } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { useIntersectionObserver } from '@vueuse/core'
import type { Ref } from 'vue'
import { ref, shallowRef } from 'vue'
import { useShop } from '../api/shop'
import { wishOfShelf } from '../catalog/shelves'

/** What each shelf was filled with, so that a page that is come back to is as long as it was. */
const filledBefore = new WeakMap<Shelf, Shelf>()

/** A shelf that was brought empty: filled when its reader comes near `place`. One that cannot be filled stays empty. */
export function useShelfGoods(shelf: Shelf, place: Ref<HTMLElement | null>) {
  const shop = useShop()
  const filled = shallowRef<Shelf | undefined>(filledBefore.get(shelf))
  const isLoading = ref(!filled.value)
  const { stop } = useIntersectionObserver(place, ([entry]) => entry?.isIntersecting && void fill(), { rootMargin: '600px 0px' })
  if (filled.value) stop()

  async function fill(): Promise<void> {
    stop()
    try {
      const found = await shop.goods(wishOfShelf(shelf.link))
      filled.value = { ...shelf, products: found.items }
      filledBefore.set(shelf, filled.value)
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
    } finally {
      isLoading.value = false
    }
  }
  return { filled, isLoading }
}
