import { parseAmountMinor } from '@jishi/ui'
import { expect, test } from 'vitest'
import type { CheckedSku } from '../api/types'
import { changedCosts, costTexts } from './costs'

const cents = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const sku = (sku_id: string, cost?: number): CheckedSku => ({ sku_id, product_id: 'p', title: 'Tea', choice_name: '', price: cents(10_000), lowest: null, worst: cents(9_000), cost: cost === undefined ? null : cents(cost) })
const goods = [sku('a', 1_250), sku('b'), sku('c', 500)]
const changed = (texts: Record<string, string>) => changedCosts(goods, texts, (text) => parseAmountMinor(text))

test('what was not touched is not sent', () => {
  expect(costTexts(goods)).toEqual({ a: '12.50', b: '', c: '5.00' })
  expect(changed(costTexts(goods))).toEqual([])
})

test('what was written is sent, what was emptied is taken back', () => {
  expect(changed({ a: '13', b: '0.80', c: ' ' })).toEqual([
    { sku_id: 'a', cost_minor: 1_300 },
    { sku_id: 'b', cost_minor: 80 },
    { sku_id: 'c', cost_minor: null },
  ])
})

test('what is no amount is not guessed at', () => {
  expect(changed({ ...costTexts(goods), b: 'twelve' })).toBeUndefined()
})
