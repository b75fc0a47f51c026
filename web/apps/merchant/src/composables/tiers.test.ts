import { expect, test } from 'vitest'
import { areTiers, TIERS_MAX, withOneMore, wrongTiers } from './tiers'

const steps = (...pairs: [number, number][]) => pairs.map(([from_pieces, price_minor]) => ({ from_pieces, price_minor }))

test('steps rise in pieces and fall in price', () => {
  expect(areTiers([], 2_000)).toBe(true)
  expect(areTiers(steps([3, 1_800], [10, 1_500]), 2_000)).toBe(true)
})

test.each([
  ['one piece is no step', steps([1, 1_900])],
  ['not below the single price', steps([3, 2_000])],
  ['the same pieces twice', steps([3, 1_800], [3, 1_700])],
  ['the same price twice', steps([3, 1_800], [10, 1_800])],
  ['for nothing', steps([3, 0])],
  ['more than a cart holds', steps([10_000, 1])],
  ['half a piece', steps([2.5, 100])],
  ['six of them', steps([2, 6], [3, 5], [4, 4], [5, 3], [6, 2], [7, 1])],
])('%s is refused', (_, tiers) => {
  expect(areTiers(tiers, 2_000)).toBe(false)
})

test('a new step can be kept as it is proposed', () => {
  let tiers = withOneMore([], 2_000)
  while (tiers.length < TIERS_MAX) tiers = withOneMore(tiers, 2_000)
  expect(areTiers(tiers, 2_000)).toBe(true)
})

test('names the variants whose steps are wrong', () => {
  const sku = { code: 'A', choice: {}, price_minor: 100 }
  expect(wrongTiers([sku, { ...sku, code: 'B', tiers: steps([3, 200]) }]).map((one) => one.code)).toEqual(['B'])
})
