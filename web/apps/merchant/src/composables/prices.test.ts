import { expect, test } from 'vitest'
import type { OfferedPrice } from '../api/types'
import { priceSteps } from './prices'

const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const at = (day: number, minor: number | null): OfferedPrice => ({ offered_from: `2026-11-0${day}T00:00:00Z`, price: minor === null ? null : cny(minor) })

test('each price is compared with the one before it', () => {
  const steps = priceSteps([at(3, 900), at(2, 1_200), at(1, 1_000)])
  expect(steps.map((one) => one.change?.amount_minor)).toEqual([-300, 200, undefined])
})

test('time off the shelf is a step without a price, and no change', () => {
  const steps = priceSteps([at(4, 1_000), at(3, null), at(2, 1_000), at(1, null)])
  expect(steps.map((one) => one.price?.amount_minor ?? null)).toEqual([1_000, null, 1_000, null])
  expect(steps.map((one) => one.change?.amount_minor)).toEqual([0, undefined, undefined, undefined])
})

test('nothing was ever offered', () => {
  expect(priceSteps([])).toEqual([])
})
