import type { Money, Offer, OfferSku } from '@jishi/api'

/** An offer as a page lists it: with the SKU of the chosen combination, or without one when its merchant has none such. */
export interface ListedOffer {
  offer: Offer
  sku: OfferSku | undefined
  price: Money
  inStock: boolean
  /** Where it stands, with the combination chosen there too. */
  address: { path: string; query: { sku?: string } }
}

function isSame(one: Record<string, string>, other: Record<string, string>): boolean {
  const codes = Object.keys(one)
  return codes.length === Object.keys(other).length && codes.every((code) => one[code] === other[code])
}

function listed(offer: Offer, choice: Record<string, string>): ListedOffer {
  const sku = offer.skus.find((one) => isSame(one.choice, choice))
  return {
    offer,
    sku,
    price: sku?.price ?? offer.price,
    inStock: sku ? sku.in_stock : offer.in_stock,
    address: { path: `/p/${offer.product_id}`, query: sku ? { sku: sku.id } : {} },
  }
}

/** The offers in their order, those that have the chosen combination in stock first, then those that have it at all. */
export function listedOffers(offers: readonly Offer[], choice: Record<string, string>): ListedOffer[] {
  const all = offers.map((offer) => listed(offer, choice))
  const rank = (one: ListedOffer): number => (one.sku ? (one.inStock ? 0 : 1) : 2)
  return [0, 1, 2].flatMap((wanted) => all.filter((one) => rank(one) === wanted))
}
