import type { Money, PriceTier } from '@jishi/api'

/** What one of so many pieces costs: the lowest of the single price and the steps that are reached. */
export function unitPrice(single: Money, tiers: readonly PriceTier[], pieces: number): Money {
  return tiers.reduce((lowest, tier) => (tier.from_pieces <= pieces && tier.price.amount_minor < lowest.amount_minor ? tier.price : lowest), single)
}

/** The next step, and how many pieces more it takes; nothing when there are not that many. */
export function nextTier(tiers: readonly PriceTier[], pieces: number, available: number): { more: number; price: Money } | undefined {
  const next = tiers.find((tier) => tier.from_pieces > pieces)
  return next && next.from_pieces <= available ? { more: next.from_pieces - pieces, price: next.price } : undefined
}
