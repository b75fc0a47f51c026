import { expect, test } from 'vitest'
import { nextTier, unitPrice } from './tiers'

const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const tiers = [
  { from_pieces: 3, price: cny(1_800) },
  { from_pieces: 10, price: cny(1_500) },
]

test.each([
  [1, 2_000],
  [2, 2_000],
  [3, 1_800],
  [9, 1_800],
  [10, 1_500],
  [500, 1_500],
])('each of %i pieces costs %i', (pieces, price) => {
  expect(unitPrice(cny(2_000), tiers, pieces)).toEqual(cny(price))
})

test('says how many more it takes, unless there are not so many or no step is left', () => {
  expect(nextTier(tiers, 1, 99)).toEqual({ more: 2, price: cny(1_800) })
  expect(nextTier(tiers, 3, 99)).toEqual({ more: 7, price: cny(1_500) })
  expect(nextTier(tiers, 3, 9)).toBeUndefined()
  expect(nextTier(tiers, 10, 99)).toBeUndefined()
  expect(nextTier([], 1, 99)).toBeUndefined()
})
