import type { makeClient } from '@jishi/api'
import { answerOf } from '@jishi/api'

/** What runs: for a product, on cards, and each on its own. */
export function promotions(client: ReturnType<typeof makeClient>) {
  return {
    productPromotions: (product_id: string, quantity: number) =>
      answerOf(client.GET('/api/v1/store/products/{product_id}/promotions', { params: { path: { product_id }, query: { quantity } } })),
    promotionLabels: (product_id: string[]) => answerOf(client.GET('/api/v1/store/promotion-labels', { params: { query: { product_id } } })),
    promotion: (promotion_id: string) => answerOf(client.GET('/api/v1/store/promotions/{promotion_id}', { params: { path: { promotion_id } } })),
  }
}
