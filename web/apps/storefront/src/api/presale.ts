import type { PresaleQuoteRequest } from '@jishi/api'
import { answerOf } from '@jishi/api'
import type { Shop } from './shop'

/** Pre-sales: what a product is sold ahead for, the price in two parts, and the terms of an order. */
export function presales({ client }: Pick<Shop, 'client'>) {
  const path = (presale_id: string) => ({ params: { path: { presale_id } } })
  return {
    ofProduct: (product_id: string) => answerOf(client.GET('/api/v1/store/products/{product_id}/presales', { params: { path: { product_id } } })),
    one: (id: string) => answerOf(client.GET('/api/v1/store/presales/{presale_id}', path(id))),
    quote: (id: string, wish: PresaleQuoteRequest) => answerOf(client.POST('/api/v1/store/presales/{presale_id}/quotes', { ...path(id), body: wish })),
    ofOrder: (order_id: string) => answerOf(client.GET('/api/v1/store/orders/{order_id}/presale', { params: { path: { order_id } } })),
  }
}
