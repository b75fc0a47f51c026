import type { FlashItem, FlashMark } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { onMounted, shallowRef } from 'vue'
import type { Flash } from '../api/flash'
import { hereAt } from './clock'

/** A product's offer in a flash sale, with its times by the clock of this browser. */
export interface ProductFlash {
  item: FlashItem
  starts_at: string
  ends_at: string
}

/** The offer of a product that runs or comes within a day; without an answer nothing is said. */
export function useProductFlash(shop: Pick<Flash, 'flashMark'>, productId: () => string) {
  const found = shallowRef<ProductFlash>()

  async function ask(): Promise<void> {
    try {
      found.value = offerOf(await shop.flashMark(productId()), Date.now())
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
    }
  }

  onMounted(() => void ask())
  return { flash: found, ask }
}

function offerOf({ item, starts_at, ends_at, now }: FlashMark, read_ms: number): ProductFlash | undefined {
  if (!item || !starts_at || !ends_at) return undefined
  return { item, starts_at: hereAt(starts_at, now, read_ms), ends_at: hereAt(ends_at, now, read_ms) }
}
