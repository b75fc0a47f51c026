import type { Order, OrderRow } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { shallowRef, watch } from 'vue'
import type { Shop } from '../api/shop'
import { isReceived } from '../orders/rules'

type Bought = Pick<Order | OrderRow, 'id' | 'status' | 'lines'>

/** How many of the latest reviews are looked through for a list of orders. */
const LATEST = 100

/** Which orders are reviewed in all their lines; asked for once there is an order that can be reviewed. */
export function useReviewed(shop: Pick<Shop, 'myReviews'>, orders: () => readonly Bought[], orderId?: string) {
  const lines = shallowRef<Set<string>>()

  async function learn(): Promise<void> {
    try {
      const found = await shop.myReviews(orderId ? { order_id: orderId, limit: LATEST } : { limit: LATEST })
      lines.value = new Set(found.items.map((own) => own.order_line_id))
    } catch (error) {
      // The page of the review itself says what is reviewed; here the button merely keeps its first word.
      if (!(error instanceof ShopProblem)) throw error
    }
  }

  watch(
    () => orders().some((order) => isReceived(order.status)),
    (isNeeded) => {
      if (isNeeded && !lines.value) void learn()
    },
    { immediate: true },
  )
  return { isReviewed: (order: Bought) => order.lines.every((line) => lines.value?.has(line.id) ?? false) }
}
