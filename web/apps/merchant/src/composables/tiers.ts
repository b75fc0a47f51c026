import type { SkuWish, TierWish } from '../api/types'

export const TIERS_MAX = 5
const FROM_MIN = 2
const FROM_MAX = 9_999

/** Whether wholesale steps rise in pieces and fall in price, below the price of a single piece. */
export function areTiers(tiers: readonly TierWish[], single: number): boolean {
  const steps = [{ from_pieces: 1, price_minor: single }, ...tiers]
  return (
    tiers.length <= TIERS_MAX &&
    steps.slice(1).every((step, at) => {
      const before = steps[at] ?? step
      const isWhole = Number.isInteger(step.from_pieces) && Number.isInteger(step.price_minor)
      return isWhole && step.from_pieces >= FROM_MIN && step.from_pieces <= FROM_MAX && step.price_minor >= 1 && step.from_pieces > before.from_pieces && step.price_minor < before.price_minor
    })
  )
}

/** The steps with one more, twice the pieces at a tenth less. */
export function withOneMore(tiers: readonly TierWish[], single: number): TierWish[] {
  const last = tiers.at(-1) ?? { from_pieces: 1, price_minor: single }
  return [...tiers, { from_pieces: Math.min(Math.max(last.from_pieces * 2, FROM_MIN), FROM_MAX), price_minor: Math.max(Math.floor(last.price_minor * 0.9), 1) }]
}

/** The SKUs of which the steps cannot be kept as they stand. */
export function wrongTiers(skus: readonly SkuWish[]): SkuWish[] {
  return skus.filter((sku) => !areTiers(sku.tiers ?? [], sku.price_minor))
}
