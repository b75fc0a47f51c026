import type { Discount } from '@jishi/api'

/** Discounts of several orders by their rule: what one of the platform takes off in two stores is one line. */
export function byRule(discounts: readonly Discount[]): Discount[] {
  const found = new Map<string, Discount>()
  for (const one of discounts) {
    const before = found.get(one.rule_id)
    found.set(one.rule_id, before ? { ...before, amount: { ...one.amount, amount_minor: before.amount.amount_minor + one.amount.amount_minor } } : one)
  }
  return [...found.values()]
}
