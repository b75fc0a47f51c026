import type { CouponTerms, QuoteCoupon } from '@jishi/api'
import { expect, test } from 'vitest'
import en from '../i18n/coupons/en'
import zh from '../i18n/coupons/zh'
import { daysLeft, faceOf, isChoosable, ticked, verdict } from './rules'

const tier = (threshold: number, amount_minor: number, basis_points = 0, cap_minor: number | null = null) => ({ threshold, off: { amount_minor, basis_points, cap_minor } })
const terms = (also: Partial<CouponTerms> = {}): CouponTerms =>
  ({ name: '满10减5', merchant: null, goods: 'all', measure: 'amount', tiers: [tier(1000, 500)], is_each: false, is_freight: false, is_new_only: false, ...also }) as CouponTerms
const held = (also: Partial<QuoteCoupon> = {}): QuoteCoupon =>
  ({ id: 'c1', name: 'c', merchant_id: null, ends_at: null, measure: 'amount', is_freight: false, amount: null, reason: null, missing: 0, ...also }) as QuoteCoupon

test('a fixed amount, a share with its cap, pieces, steps', () => {
  expect(faceOf(terms(), zh, 'zh')).toMatchObject({ value: { amount_minor: 500 }, least: { amount_minor: 1000 }, notes: ['全场商品可用'] })
  expect(faceOf(terms({ tiers: [tier(1, 0, 2000, 3000)] }), en, 'en')).toMatchObject({ value: { percent: 80 }, least: null, notes: ['For all goods', 'at most ¥30.00 off'] })
  expect(faceOf(terms({ measure: 'pieces', tiers: [tier(3, 500)] }), zh, 'zh')).toMatchObject({ least: null, condition: '满 3 件可用' })
  expect(faceOf(terms({ tiers: [tier(1000, 500), tier(2000, 1500)] }), en, 'en').notes).toContain('up to ¥15.00 off')
})

test('a coupon off the shipping says so', () => {
  const free = terms({ is_freight: true, tiers: [tier(1, 0, 10_000)] })
  expect(faceOf(free, zh, 'zh')).toMatchObject({ value: { words: '免运费' }, least: null, notes: ['用于抵扣运费', '全场商品可用'] })
  expect(faceOf(terms({ is_freight: true, tiers: [tier(9900, 800)] }), en, 'en')).toMatchObject({ value: { amount_minor: 800 }, least: { amount_minor: 9900 } })
})

test('a store names itself, new customers are told', () => {
  const merchant = { id: 'm1', name: '青竹', logo: null }
  expect(faceOf(terms({ merchant, goods: 'some', is_new_only: true }), zh, 'zh').notes).toEqual(['仅限“青竹”', '指定商品可用', '新人专享'])
})

test('a coupon that ends soon says so, one that has ended does not', () => {
  const now = Date.parse('2026-12-01T00:00:00Z')
  const left = (valid_until: string) => daysLeft({ valid_until }, now)
  expect([left('2026-12-03T01:00:00Z'), left('2026-12-01T05:00:00Z'), left('2026-12-09T00:00:00Z'), left('2026-11-30T00:00:00Z')]).toEqual([2, 0, undefined, undefined])
})

test('a quote says of every coupon what it does or why it does nothing', () => {
  const says = (also: Partial<QuoteCoupon>) => verdict(held(also), en, 'en')
  expect(says({ amount: { amount_minor: 500, currency: 'CNY' } })).toBe('¥5.00 off')
  expect(says({ reason: 'below_threshold', missing: 1200 })).toBe('Spend ¥12.00 more')
  expect(says({ reason: 'below_threshold', missing: 2, measure: 'pieces' })).toBe('2 more pieces needed')
  expect(says({ reason: 'nothing_covered' })).toBe('Not for these goods')
  expect(says({})).toBe('Can be used')
})

test('what could be used instead can be ticked, what cannot be used cannot', () => {
  expect(isChoosable(held())).toBe(true)
  expect(isChoosable(held({ reason: 'no_better' }))).toBe(true)
  expect(isChoosable(held({ reason: 'below_threshold', missing: 1 }))).toBe(false)
})

test('a ticked coupon takes the place of its rival, and leaves the others', () => {
  const [own, platform] = [held({ id: 'own', merchant_id: 'm1' }), held({ id: 'platform' })]
  expect(ticked([own, platform], held({ id: 'new', merchant_id: 'm1', reason: 'no_better' }), true)).toEqual(['platform', 'new'])
  expect(ticked([own], held({ id: 'new' }), true)).toEqual(['own', 'new'])
  expect(ticked([own, platform], held({ id: 'new', reason: 'not_combined' }), true)).toEqual(['new'])
  expect(ticked([own, platform], own, false)).toEqual(['platform'])
  expect(ticked([own, platform], held({ id: 'ship', merchant_id: 'm1', is_freight: true, reason: 'no_better' }), true)).toEqual(['own', 'platform', 'ship'])
})

test('both languages say the same of coupons', () => {
  const keys = (tree: object): string[] => Object.entries(tree).flatMap(([key, value]) => (typeof value === 'object' ? keys(value as object).map((below) => `${key}.${below}`) : [key]))
  expect(keys(en)).toEqual(keys(zh))
})
