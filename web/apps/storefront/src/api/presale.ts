import type { makeClient, PresaleQuoteRequest } from '@jishi/api'
import { answerOf } from '@jishi/api'

/** Pre-sales: what a product is sold ahead for, the price in two parts, and the terms of an order. */
export function presale(client: ReturnType<typeof makeClient>) {
  const path = (presale_id: string) => ({ params: { path: { presale_id } } })
  return {
    productPresales: (product_id: string) => answerOf(client.GET('/api/v1/store/products/{product_id}/presales', { params: { path: { product_id } } })),
    presale: (id: string) => answerOf(client.GET('/api/v1/store/presales/{presale_id}', path(id))),
    presaleQuote: (id: string, wish: PresaleQuoteRequest) => answerOf(client.POST('/api/v1/store/presales/{presale_id}/quotes', { ...path(id), body: wish })),
    orderPresale: (order_id: string) => answerOf(client.GET('/api/v1/store/orders/{order_id}/presale', { params: { path: { order_id } } })),
  }
}
