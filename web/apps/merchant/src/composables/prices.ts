import type { Money } from '@jishi/ui'
import type { OfferedPrice } from '../api/types'

/** One step of a price's history, with what it rose or fell by; undefined when no price before it is known. */
export interface PriceStep {
  offered_from: string
  price: Money | null
  change: Money | undefined
}

/** The steps of a history, the latest first: each is compared with the last price that was asked before it. */
export function priceSteps(history: readonly OfferedPrice[]): PriceStep[] {
  return history.map(({ offered_from, price }, index) => {
    const before = history.slice(index + 1).find((one) => one.price)?.price
    const change = price && before ? { amount_minor: price.amount_minor - before.amount_minor, currency: price.currency } : undefined
    return { offered_from, price, change }
  })
}
