import { expect, test } from 'vitest'
import type { CouponWish } from '../api/types'
import type { CouponForm } from './coupon'
import { couponFormOf, couponMoves, couponWishOf, daysOfCoupon, emptyCoupon, givesByCode } from './coupon'

const written = (part: Partial<CouponForm> = {}): CouponForm => ({ ...emptyCoupon(), name: { zh: ' 满减券 ', en: '' }, from: '299', less: '30', ...part })

test('amounts are in minor units and shares in basis points with their cap', () => {
  expect(couponWishOf(written())).toMatchObject({ name: { zh: '满减券' }, effect: { tiers: [{ threshold: 29_900, off: { amount_minor: 3_000, basis_points: 0, cap_minor: null } }] }, valid_days: 14, spend_minor: null, remind_days: 3 })
  expect(couponWishOf(written({ kind: 'share', less: '10', cap: '20' }))).toMatchObject({ effect: { tiers: [{ off: { amount_minor: 0, basis_points: 1_000, cap_minor: 2_000 } }] } })
})

test('steps follow the first, and freight has none', () => {
  expect(couponWishOf(written({ steps: [{ from: '500', less: '60' }] }))).toMatchObject({ effect: { tiers: [{ threshold: 29_900 }, { threshold: 50_000, off: { amount_minor: 6_000 } }] } })
  expect(couponWishOf(written({ kind: 'freight', from: '', less: '8' }))).toMatchObject({ effect: { kind: 'freight_off', threshold: 0, off: { amount_minor: 800 } } })
  expect(couponWishOf(written({ kind: 'freeFreight', from: '99', less: '' }))).toMatchObject({ effect: { kind: 'freight_off', threshold: 9_900, off: { basis_points: 10_000 } } })
})

test.each([
  [{ name: { zh: ' ', en: 'x' } }, 'name'],
  [{ from: '' }, 'from'],
  [{ less: '' }, 'less'],
  [{ less: '300' }, 'less'],
  [{ kind: 'share' as const, less: '101' }, 'less'],
  [{ kind: 'share' as const, less: '10', cap: 'much' }, 'cap'],
  [{ kind: 'freight' as const, less: '' }, 'less'],
  [{ kind: 'freeFreight' as const, from: 'much' }, 'from'],
  [{ steps: [{ from: '200', less: '60' }] }, 'steps'],
  [{ steps: [{ from: '500', less: '30' }] }, 'steps'],
  [{ steps: [{ from: '', less: '' }] }, 'steps'],
  [{ way: 'spend' as const }, 'spend'],
])('what is missing is named: %o', (part, lack) => {
  expect(couponWishOf(written(part))).toBe(lack)
})

test('the sum that earns a coupon goes with its way only', () => {
  expect(couponWishOf(written({ way: 'spend', spend: '500' }))).toMatchObject({ way: 'spend', spend_minor: 50_000 })
  expect(couponWishOf(written({ way: 'claim', spend: '500' }))).toMatchObject({ way: 'claim', spend_minor: null })
})

test.each([
  written({ steps: [{ from: '500', less: '60' }], productIds: ['p1'], categoryIds: ['c1'], stock: 9, remindDays: 0 }),
  written({ kind: 'share', less: '10', cap: '20', claimUntil: '2026-12-24 18:00' }),
  written({ kind: 'freight', from: '', less: '8.5' }),
  written({ kind: 'freeFreight', from: '99', less: '' }),
])('what was written is shown again as it was: %#', (form) => {
  const wish = couponWishOf(form) as CouponWish
  const again = couponFormOf(wish)
  expect(again && couponWishOf(again)).toEqual(wish)
})

test('what the form does not ask is kept, and what it cannot say is not for it', () => {
  const wish: CouponWish = { ...(couponWishOf(written()) as CouponWish), valid_days: null, valid_from: '2026-12-01T00:00:00Z', valid_until: '2026-12-31T00:00:00Z', channels: ['web'], stack_group: 'extra', goods: { brand_ids: ['b1'] } }
  const form = couponFormOf(wish)
  expect(form && couponWishOf(form)).toMatchObject({ valid_until: '2026-12-31T00:00:00Z', channels: ['web'], stack_group: 'extra', goods: { brand_ids: ['b1'], product_ids: [] } })
  expect(couponFormOf({ ...wish, effect: { kind: 'tiers', measure: 'pieces', tiers: [{ threshold: 3, off: { amount_minor: 500 } }] } })).toBeUndefined()
  expect(couponFormOf({ ...wish, way: 'event' })).toBeUndefined()
})

test('a part is held out of what was promised to nobody', () => {
  expect(couponWishOf(written({ holdout: 20 }))).toMatchObject({ holdout_percent: 20 })
  expect(couponWishOf(written({ way: 'code_shared', holdout: 20 }))).toMatchObject({ holdout_percent: 0 })
  expect(couponFormOf(couponWishOf(written({ holdout: 20 })) as CouponWish)).toMatchObject({ holdout: 20 })
})

test('an end is for good, and codes are of two ways', () => {
  expect((['draft', 'live', 'paused', 'ended'] as const).map(couponMoves)).toEqual([['live', 'ended'], ['paused', 'ended'], ['live', 'ended'], []])
  expect(['claim', 'code_shared', 'code_once'].map(givesByCode)).toEqual([false, true, true])
})

test('a day of a coupon is what its users paid, and how many', () => {
  expect(daysOfCoupon([{ day: '2026-12-01', given_count: 5, used_count: 2, discount_minor: 600, revenue_minor: 9_000 }])).toEqual([{ day: '2026-12-01', orders: 2, paid_orders: 2, sales: { amount_minor: 9_000, currency: 'CNY' } }])
})
