import { expect, test } from 'vitest'
import type { StockRow } from '../api/types'
import { countedOf, countWishes, stockKey } from './counting'

const row = (sku: string, warehouse: string, on_hand: number) => ({ sku_id: sku, warehouse_id: warehouse, on_hand }) as StockRow

test('only what differs from the books is booked, warehouse by warehouse', () => {
  const rows = [row('a', 'w1', 5), row('b', 'w1', 7), row('a', 'w2', 1)]
  const typed = { [stockKey(rows[0]!)]: '6', [stockKey(rows[1]!)]: '7', [stockKey(rows[2]!)]: '0' }
  expect(countWishes(rows, typed, 'Nov')).toEqual([
    { warehouse_id: 'w1', reference: 'Nov', lines: [{ sku_id: 'a', on_hand: 6, expected: 5 }] },
    { warehouse_id: 'w2', reference: 'Nov', lines: [{ sku_id: 'a', on_hand: 0, expected: 1 }] },
  ])
})

test.each(['', ' ', '-1', '1.5', 'many', '99999999'])('%s is no count', (text) => {
  expect(countedOf(row('a', 'w', 3), text)).toBeUndefined()
})
