import type { BestSeller, PromotionCheckAnswer, PreviewLine, ShownFinding, TouchedProduct } from '../api/types'

export type Severity = ShownFinding['severity']

/** What findings are shown as, the gravest first. */
export const SEVERITIES: readonly Severity[] = ['blocks', 'warns', 'notes']

/** Findings by severity, the gravest first, without what is empty. */
export function bySeverity(findings: readonly ShownFinding[]): { severity: Severity; findings: ShownFinding[] }[] {
  return SEVERITIES.map((severity) => ({ severity, findings: findings.filter((one) => one.severity === severity) })).filter((group) => group.findings.length > 0)
}

/** A share in basis points as people read it: 811 is 8.1%. */
export function percent(basisPoints: number): string {
  const tenths = Math.round(basisPoints / 10)
  return tenths % 10 === 0 ? `${tenths / 10}%` : `${(tenths / 10).toFixed(1)}%`
}

/** How many of a whole, in basis points; nothing of nothing. */
export function shareOf(part: number, whole: number): number {
  return whole > 0 ? Math.round((part * 10_000) / whole) : 0
}

/** Touched products as the bars of a chart take them. */
export function bars(products: readonly TouchedProduct[]): BestSeller[] {
  return products.map((one) => ({ product_id: one.product_id, title: one.title, image: null, pieces: one.orders, sales: one.discount }))
}

/** The cart that a preview begins with: two pieces of what sells best. */
export function firstLines(goods: PromotionCheckAnswer['goods']): PreviewLine[] {
  return goods.slice(0, 1).map((one) => ({ sku_id: one.sku_id, quantity: 2 }))
}
