import type { CountWish, StockRow } from '../api/types'

/** What names a row of stock: a variant in a warehouse. */
export function stockKey(row: StockRow): string {
  return `${row.sku_id} ${row.warehouse_id}`
}

/** The pieces that were typed for a row; undefined when that is no whole number or nothing new. */
export function countedOf(row: StockRow, typed: string | undefined): number | undefined {
  const text = typed?.trim() ?? ''
  const pieces = /^\d{1,7}$/.test(text) ? Number(text) : undefined
  return pieces === row.on_hand ? undefined : pieces
}

/** One stock-take for each warehouse, with the rows whose count differs from the books; all its lines or none are booked. */
export function countWishes(rows: readonly StockRow[], typed: Record<string, string>, reference: string): CountWish[] {
  const byWarehouse = new Map<string, CountWish>()
  for (const row of rows) {
    const pieces = countedOf(row, typed[stockKey(row)])
    if (pieces === undefined) continue
    const wish = byWarehouse.get(row.warehouse_id) ?? { warehouse_id: row.warehouse_id, lines: [], reference }
    wish.lines.push({ sku_id: row.sku_id, on_hand: pieces, expected: row.on_hand })
    byWarehouse.set(row.warehouse_id, wish)
  }
  return [...byWarehouse.values()]
}
