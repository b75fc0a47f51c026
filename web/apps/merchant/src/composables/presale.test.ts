import { expect, test } from 'vitest'
import type { PresaleForm } from './presale'
import { canStop, emptyPresaleForm, presaleWishOf } from './presale'

const SKU = { id: 's', name: { zh: '茶', en: 'Tea' }, priceMinor: 12000 } as unknown as NonNullable<PresaleForm['sku']>
const written: PresaleForm = {
  ...emptyPresaleForm(), sku: SKU, price: '100', deposit: '10', worth: '20', depositFrom: '2026-12-01 00:00', depositUntil: '2026-12-08 00:00',
  balanceFrom: '2026-12-08 00:00', balanceUntil: '2026-12-11 00:00', shipBy: '2026-12-15 00:00',
} // prettier-ignore
const lack = (changes: Partial<PresaleForm>) => presaleWishOf({ ...written, ...changes })

test('a whole form is what the shop takes', () => {
  expect(lack({})).toEqual({
    sku_id: 's', price_minor: 10000, deposit_minor: 1000, worth_minor: 2000, deposit_from_at: '2026-12-01T00:00:00+08:00', deposit_until_at: '2026-12-08T00:00:00+08:00',
    balance_from_at: '2026-12-08T00:00:00+08:00', balance_until_at: '2026-12-11T00:00:00+08:00', ship_by_at: '2026-12-15T00:00:00+08:00', quota: 50, per_buyer_max: 1, returns_deposit: false,
  }) // prettier-ignore
})

test('without a worth the deposit counts as itself', () => {
  expect(lack({ worth: '' })).toMatchObject({ deposit_minor: 1000, worth_minor: 1000 })
})

test('the first thing that is missing or promises too much is named', () => {
  expect(lack({ sku: undefined })).toBe('sku')
  expect(lack({ price: '' })).toBe('price')
  expect(lack({ price: '121' })).toBe('priceTooHigh')
  expect(lack({ deposit: '' })).toBe('deposit')
  expect(lack({ deposit: '21', worth: '30' })).toBe('deposit')
  expect(lack({ worth: '5' })).toBe('worth')
  expect(lack({ worth: '100' })).toBe('worth')
  expect(lack({ depositUntil: '2026-12-01 00:00' })).toBe('times')
  expect(lack({ balanceFrom: '2026-12-07 00:00' })).toBe('balance')
  expect(lack({ balanceUntil: '2026-12-08 23:00' })).toBe('balance')
  expect(lack({ shipBy: '2026-12-10 00:00' })).toBe('shipBy')
  expect(lack({ perBuyer: 51 })).toBe('perBuyer')
})

test('what takes deposits, or will, can be stopped', () => {
  expect(canStop({ stage: 'deposit', stopped_at: null })).toBe(true)
  expect(canStop({ stage: 'soon', stopped_at: null })).toBe(true)
  expect(canStop({ stage: 'waiting', stopped_at: null })).toBe(false)
  expect(canStop({ stage: 'waiting', stopped_at: '2026-12-01T00:00:00Z' })).toBe(false)
})
