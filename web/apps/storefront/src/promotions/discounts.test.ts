import { expect, test } from 'vitest'
import { byRule } from './discounts'
import { broughtBy } from './trace'

const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const discount = (rule_id: string, amount_minor: number) => ({ rule_id, name: rule_id, amount: cny(amount_minor), funders: [] })

test('what one rule takes off in two stores is one line, in the order of the first', () => {
  expect(byRule([discount('a', 100), discount('b', 5), discount('a', 50)])).toEqual([discount('a', 150), discount('b', 5)])
})

const step = (name: string, rule_id: string) => ({ step: name, rule_id, rule_version: 1, amount: cny(-1), merchant_id: null, sku_id: null, funders: [], not_applied: [] }) as never

test('a step of the price is called by its promotion, its wholesale step, or itself', () => {
  expect(broughtBy(step('store_promotion', 'r'), { r: '满减' })).toEqual({ step: 'store_promotion', rule: '满减' })
  expect(broughtBy(step('unit_price', 'wholesale_10'), {})).toEqual({ pieces: '10' })
  expect(broughtBy(step('freight', 'x'), {})).toEqual({ step: 'freight', rule: undefined })
  expect(broughtBy(step('something_new', 'r'), { r: '赠品' })).toEqual({ other: '赠品' })
})
