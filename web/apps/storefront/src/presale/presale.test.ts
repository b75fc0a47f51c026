import type { Presale } from '@jishi/api'
import { expect, test } from 'vitest'
import { filled, nextInstant, presaleOf, shownPresale, twoParts } from './presale'

const cents = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const terms = {
  price: cents(10000), deposit: cents(1000), worth: cents(2000), balance: cents(8000), total: cents(9000), deposit_from_at: '2026-12-01T00:00:00Z', deposit_until_at: '2026-12-02T00:00:00Z',
  balance_from_at: '2026-12-03T00:00:00Z', balance_until_at: '2026-12-05T00:00:00Z', ship_by_at: '2026-12-09T00:00:00Z', per_buyer_max: 2, returns_deposit: false,
} // prettier-ignore
const presale = (sku_id: string, stage: Presale['stage']): Presale => ({ id: `p-${sku_id}`, product_id: 'p', sku_id, title: '', choice_name: '', image: null, terms, left: 3, stage })

test('deposit and balance are the whole total, freight in the balance', () => {
  const { deposit, balance } = twoParts(terms.deposit, 2, cents(18800))
  expect([deposit.amount_minor, balance.amount_minor]).toEqual([2000, 16800])
})

test('an address names a pre-sale and pieces that make sense', () => {
  expect(presaleOf({ presale: 'x', quantity: '2' })).toEqual({ id: 'x', quantity: 2 })
  expect(presaleOf({ presale: 'x', quantity: '-4' })).toEqual({ id: 'x', quantity: 1 })
  expect(presaleOf({ sku: 'x' })).toBeUndefined()
})

test('the chosen variant is shown, else the first', () => {
  const all = [presale('a', 'deposit'), presale('b', 'soon')]
  expect(shownPresale(all, 'b')?.sku_id).toBe('b')
  expect(shownPresale(all, 'c')?.sku_id).toBe('a')
  expect(shownPresale([], 'c')).toBeUndefined()
})

test('each stage counts down to what comes next', () => {
  expect(nextInstant(presale('a', 'soon'))).toBe(terms.deposit_from_at)
  expect(nextInstant(presale('a', 'deposit'))).toBe(terms.deposit_until_at)
  expect(nextInstant(presale('a', 'waiting'))).toBe(terms.balance_from_at)
  expect(nextInstant(presale('a', 'balance'))).toBe(terms.balance_until_at)
})

test('texts take their values and keep what is unknown', () => {
  expect(filled('{a} of {b}', { a: 1 })).toBe('1 of {b}')
})
