import type { CheckedSku, CostWish } from '../api/types'

/** What goods cost as it stands in the fields, in yuan; empty when nothing was said. */
export function costTexts(goods: readonly CheckedSku[]): Record<string, string> {
  return Object.fromEntries(goods.map((one) => [one.sku_id, one.cost ? (one.cost.amount_minor / 100).toFixed(2) : '']))
}

/** The costs that were changed; what was emptied is taken back. Undefined when one of them is no amount. */
export function changedCosts(goods: readonly CheckedSku[], texts: Record<string, string>, parse: (text: string) => number | undefined): CostWish[] | undefined {
  const wishes: CostWish[] = []
  for (const one of goods) {
    const text = (texts[one.sku_id] ?? '').trim()
    const cost = text === '' ? null : parse(text)
    if (cost === undefined || (cost !== null && cost < 0)) return undefined
    if (cost !== (one.cost?.amount_minor ?? null)) wishes.push({ sku_id: one.sku_id, cost_minor: cost })
  }
  return wishes
}
