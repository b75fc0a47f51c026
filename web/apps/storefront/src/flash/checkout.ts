import type { QuoteRequest } from '@jishi/api'
import type { LocationQuery } from 'vue-router'
import type { Flash } from '../api/flash'
import type { Shop } from '../api/shop'
import { presaleOf, presales } from '../presale/presale'

/** The shop as the checkout asks it: past the gate of a flash sale when the address names its item and token, or of a pre-sale. */
export function checkoutShop(shop: Shop, flashSale: Pick<Flash, 'flashQuote'>, query: LocationQuery): Pick<Shop, 'quote' | 'placeTrade'> {
  const ahead = presaleOf(query)
  if (ahead) {
    return {
      placeTrade: shop.placeTrade,
      quote: async ({ address_id, shipping, notes }: QuoteRequest) => (await presales(shop).quote(ahead.id, { quantity: ahead.quantity, shipping: shipping ?? {}, notes: notes ?? {}, ...(address_id ? { address_id } : {}) })).quote,
    }
  }
  const { flash, admission } = query
  if (typeof flash !== 'string' || typeof admission !== 'string') return shop
  return {
    placeTrade: shop.placeTrade,
    quote: ({ address_id, shipping, notes }: QuoteRequest) => flashSale.flashQuote(flash, { admission, quantity: 1, shipping: shipping ?? {}, notes: notes ?? {}, ...(address_id ? { address_id } : {}) }),
  }
}
