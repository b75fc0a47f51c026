import { expect, test } from 'vitest'
import type { CouponTemplate } from '../api/types'
import type { CouponForm } from './coupon'
import { continued, couponMoves, couponWishOf, emptyCoupon, givesByCode, TEMPLATES_AT_ONCE } from './coupon'

const written = (part: Partial<CouponForm> = {}): CouponForm => ({ ...emptyCoupon(), name: { zh: ' 满减券 ', en: '' }, from: '299', less: '30', ...part })

test('amounts are in minor units and shares in basis points with their cap', () => {
  expect(couponWishOf(written())).toMatchObject({ name: { zh: '满减券' }, effect: { tiers: [{ threshold: 29_900, off: { amount_minor: 3_000, basis_points: 0, cap_minor: null } }] }, valid_days: 14, spend_minor: null })
  expect(couponWishOf(written({ isShare: true, less: '10', cap: '20' }))).toMatchObject({ effect: { tiers: [{ off: { amount_minor: 0, basis_points: 1_000, cap_minor: 2_000 } }] } })
})

test.each([
  [{ name: { zh: ' ', en: 'x' } }, 'name'],
  [{ from: '' }, 'from'],
  [{ less: '' }, 'less'],
  [{ less: '300' }, 'less'],
  [{ isShare: true, less: '101' }, 'less'],
  [{ isShare: true, less: '10', cap: 'much' }, 'cap'],
  [{ way: 'spend' as const }, 'spend'],
])('what is missing is named: %o', (part, lack) => {
  expect(couponWishOf(written(part))).toBe(lack)
})

test('the sum that earns a coupon goes with its way only', () => {
  expect(couponWishOf(written({ way: 'spend', spend: '500' }))).toMatchObject({ way: 'spend', spend_minor: 50_000 })
  expect(couponWishOf(written({ way: 'claim', spend: '500' }))).toMatchObject({ way: 'claim', spend_minor: null })
})

test('an end is for good, and codes are of two ways', () => {
  expect((['draft', 'live', 'paused', 'ended'] as const).map(couponMoves)).toEqual([['live', 'ended'], ['paused', 'ended'], ['live', 'ended'], []])
  expect(['claim', 'code_shared', 'code_once'].map(givesByCode)).toEqual([false, true, true])
})

test('a full page goes on behind its last', () => {
  const rows = (count: number) => Array.from({ length: count }, (_, at) => ({ id: String(at) }) as CouponTemplate)
  expect(continued({ items: rows(TEMPLATES_AT_ONCE), next_cursor: null }).next_cursor).toBe(String(TEMPLATES_AT_ONCE - 1))
  expect(continued({ items: rows(3), next_cursor: null }).next_cursor).toBeNull()
})
