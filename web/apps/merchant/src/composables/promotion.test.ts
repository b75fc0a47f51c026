import { expect, test } from 'vitest'
import type { PromotionWish } from '../api/types'
import type { Kind, PromotionForm } from './promotion'
import { begin, effectOf, emptyPromotion, formOf, isOn, KINDS, lackOf, monthAway, movesFrom, stepOf, weeksOf, wishOf } from './promotion'

const TYPED: Record<Kind, Partial<PromotionForm>> = {
  piece_off: { isShare: true, less: '20', cap: '5.5' },
  spend_save: { tiers: [{ from: '199', less: '20' }, { from: '399', less: '60' }] },
  spend_share: { tiers: [{ from: '300', less: '10' }], cap: '50' },
  pieces_share: { tiers: [{ from: '2', less: '10' }, { from: '3', less: '20' }] },
  each: { tiers: [{ from: '100', less: '10' }], timesMax: 5 },
  second_half: { isSameSku: true },
  buy_free: { buy: 2, free: 1 },
  bundle: { parts: [{ skuIds: ['a', 'b'], pieces: 1 }, { skuIds: ['c'], pieces: 2 }], bundlePrice: '199' },
  own_price: { prices: { a: '9.9' } },
  free_freight: { tiers: [{ from: '99', less: '' }] },
  gift: { tiers: [{ from: '199', less: '' }], gifts: [{ skuId: 'a', pieces: 2 }] },
  choose_gift: { tiers: [{ from: '2', less: '' }], isEach: true, timesMax: 3, gifts: [{ skuId: 'a', pieces: 1 }, { skuId: 'b', pieces: 1 }] },
} // prettier-ignore
const written = (kind: Kind): PromotionForm => ({ ...begin(emptyPromotion(), kind), ...TYPED[kind], name: { zh: '活动', en: '' }, starts: '2026-12-01 00:00', ends: '2026-12-13 00:00' })

test.each(KINDS)('a %s that was kept is read as it was written', (kind) => {
  const wish = wishOf(written(kind))
  expect(wish).toBeDefined()
  const again = formOf(JSON.parse(JSON.stringify(wish)) as PromotionWish)
  expect(again?.kind).toBe(kind)
  expect(again && wishOf(again)).toEqual(wish)
})

test('amounts are in minor units and shares in basis points', () => {
  expect(effectOf(written('spend_share'))).toEqual({ kind: 'tiers', measure: 'amount', is_each: false, times_max: null, tiers: [{ threshold: 30_000, off: { amount_minor: 0, basis_points: 1_000, cap_minor: 5_000 } }] })
  expect(effectOf(written('second_half'))).toEqual({ kind: 'every_pieces', every: 2, reduced: 1, basis_points: 5_000, is_same_sku: true })
  expect(effectOf(written('buy_free'))).toMatchObject({ every: 3, reduced: 1, basis_points: 10_000 })
  expect(wishOf(written('piece_off'))?.starts_at).toBe('2026-12-01T00:00:00+08:00')
})

test('what is missing is named with its step', () => {
  const form = written('spend_save')
  expect(lackOf(emptyPromotion())).toEqual({ step: 'kind', what: 'kind' })
  expect(lackOf({ ...form, name: { zh: ' ', en: 'x' } })?.what).toBe('name')
  expect(lackOf({ ...form, tiers: [{ from: '199', less: '' }] })).toEqual({ step: 'terms', what: 'effect' })
  expect(lackOf({ ...form, ends: form.starts })).toEqual({ step: 'time', what: 'time' })
  expect(lackOf({ ...form, budget: 'much' })).toEqual({ step: 'limits', what: 'budget' })
  expect(lackOf(form)).toBeUndefined()
})

test('a rule that the wizard could not have made is not flattened', () => {
  const wish = wishOf(written('spend_save'))!
  expect(formOf({ ...wish, audience: { levels: ['gold'], segments: [], is_new_only: false } })).toBeUndefined()
  expect(formOf({ ...wish, channels: ['app', 'mobile'] })?.channels).toEqual(['mobile', 'app'])
  const off = { amount_minor: 0, basis_points: 3_000, cap_minor: null }
  expect(formOf({ ...wish, effect: { kind: 'every_pieces', every: 5, reduced: 2, basis_points: 3_000, is_same_sku: false } })).toBeUndefined()
  expect(formOf({ ...wish, effect: { kind: 'tiers', measure: 'amount', is_each: false, times_max: null, tiers: [{ threshold: 100, off: { ...off, amount_minor: 10, basis_points: 0 } }, { threshold: 200, off }] } })).toBeUndefined()
})

test('a refused field leads to where it is typed', () => {
  expect([stepOf('wish.effect.tiers'), stepOf('ends_at'), stepOf('goods'), stepOf('budget_minor'), stepOf(undefined)]).toEqual(['terms', 'time', 'goods', 'limits', 'limits'])
})

test('what is over goes nowhere', () => {
  expect([movesFrom('draft'), movesFrom('running'), movesFrom('over')]).toEqual([['live', 'ended'], ['paused', 'ended'], []])
})

test('a month is whole weeks from Monday', () => {
  const weeks = weeksOf('2026-12')
  expect([weeks.length, weeks[0]?.[0], weeks.at(-1)?.at(-1)]).toEqual([5, '2026-11-30', '2027-01-03'])
  expect(weeks.every((week) => week.length === 7)).toBe(true)
  expect([monthAway('2026-12', 1), monthAway('2026-01', -1)]).toEqual(['2027-01', '2025-12'])
})

test('a day of China’s has a promotion from its first minute to its last', () => {
  const wish = wishOf(written('spend_save'))!
  expect(['2026-11-30', '2026-12-01', '2026-12-12', '2026-12-13'].map((day) => isOn(wish, day))).toEqual([false, true, true, false])
})
