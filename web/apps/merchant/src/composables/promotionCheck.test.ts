import { expect, test } from 'vitest'
import type { ShownFinding } from '../api/types'
import { bars, bySeverity, firstLines, percent, shareOf } from './promotionCheck'

const finding = (code: ShownFinding['code'], severity: ShownFinding['severity']): ShownFinding => ({ code, severity, message: code, goods: [], promotions: [] })
const cents = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })

test('findings stand by severity, the gravest first, and nothing stands empty', () => {
  const groups = bySeverity([finding('started', 'notes'), finding('deep', 'warns'), finding('stacks', 'warns')])
  expect(groups.map((group) => [group.severity, group.findings.map((one) => one.code)])).toEqual([
    ['warns', ['deep', 'stacks']],
    ['notes', ['started']],
  ])
  expect(bySeverity([])).toEqual([])
})

test('shares are said with at most one decimal', () => {
  expect([0, 811, 5_000, 10_000, 12_345].map(percent)).toEqual(['0%', '8.1%', '50%', '100%', '123.5%'])
  expect([shareOf(1, 3), shareOf(2, 2), shareOf(0, 0)]).toEqual([3_333, 10_000, 0])
})

test('products are bars of what they lose', () => {
  expect(bars([{ product_id: 'a', title: 'Tea', orders: 3, discount: cents(900) }])).toEqual([{ product_id: 'a', title: 'Tea', image: null, pieces: 3, sales: cents(900) }])
})

test('a preview begins with two pieces of what sells best, or with nothing', () => {
  const sku = { sku_id: 's', product_id: 'p', title: 'Tea', choice_name: '', price: cents(100), lowest: null, cost: null, worst: cents(90) }
  expect(firstLines([sku, { ...sku, sku_id: 't' }])).toEqual([{ sku_id: 's', quantity: 2 }])
  expect(firstLines([])).toEqual([])
})
