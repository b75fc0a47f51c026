import { parseAmountMinor } from '@jishi/ui'
import type { CouponDay, CouponTemplate, CouponWish, DaySales } from '../api/types'
import { instantOf, shopTime } from './shelfPlan'

export const COUPON_STATUSES = ['draft', 'live', 'paused', 'ended'] as const
/** How a merchant's coupons come to buyers; the other ways are the platform's. */
export const COUPON_WAYS = ['claim', 'code_shared', 'code_once', 'spend', 'birthday', 'goodwill'] as const
/** What a coupon takes off: so much, a share, or the freight, some of it or all. */
export const COUPON_KINDS = ['amount', 'share', 'freight', 'freeFreight'] as const
export type CouponWay = (typeof COUPON_WAYS)[number]
export type CouponKind = (typeof COUPON_KINDS)[number]
export type CouponMoveTo = 'live' | 'paused' | 'ended'
export const DAYS_MAX = 366
export const REMIND_DAYS_MAX = 30
export const HOLDOUT_MAX = 50
export const CODES_MAX = 10_000
export const STEPS_MAX = 10
const WHOLE = 10_000

export interface CouponStep {
  from: string
  less: string
}
/** A coupon as it is typed: amounts in yuan, a share in per cent; times are China's. `kept` is what the form does not ask. */
export interface CouponForm {
  name: { zh: string; en: string }
  way: CouponWay
  kind: CouponKind
  from: string
  less: string
  cap: string
  /** The steps behind the first, each with more off. */
  steps: CouponStep[]
  spend: string
  /** Undefined: good until a day that the form does not ask. */
  days: number | undefined
  claimUntil: string | null
  stock: number | undefined
  perPerson: number
  /** 0: nobody is reminded. */
  remindDays: number
  isReturned: boolean
  /** Per cent of those who would get one and do not, for comparison. */
  holdout: number
  productIds: string[]
  categoryIds: string[]
  kept: Partial<CouponWish>
}
export type CouponLack = 'name' | 'from' | 'less' | 'cap' | 'steps' | 'spend'

export const emptyCoupon = (): CouponForm => ({ name: { zh: '', en: '' }, way: 'claim', kind: 'amount', from: '', less: '', cap: '', steps: [], spend: '', days: 14, claimUntil: null, stock: undefined, perPerson: 1, remindDays: 3, isReturned: true, holdout: 0, productIds: [], categoryIds: [], kept: {} })

/** What was typed in minor units (or basis points), above nothing; undefined for anything else. */
function above(typed: string): number | undefined {
  const value = parseAmountMinor(typed)
  return value && value > 0 ? value : undefined
}

const isOffFreight = (kind: CouponKind) => kind === 'freight' || kind === 'freeFreight'

function effectOf(form: CouponForm): CouponWish['effect'] | CouponLack {
  const [threshold, less] = [above(form.from), above(form.less)]
  if (isOffFreight(form.kind)) {
    if (form.from.trim() && threshold === undefined) return 'from'
    if (form.kind === 'freight' && !less) return 'less'
    const off = form.kind === 'freight' ? { amount_minor: less ?? 0, basis_points: 0, cap_minor: null } : { amount_minor: 0, basis_points: WHOLE, cap_minor: null }
    return { kind: 'freight_off', measure: 'amount', threshold: threshold ?? 0, off }
  }
  const isShare = form.kind === 'share'
  if (!threshold) return 'from'
  if (!less || (isShare ? less > WHOLE : less > threshold)) return 'less'
  if (isShare && form.cap && !above(form.cap)) return 'cap'
  const cap_minor = (isShare && above(form.cap)) || null
  const tiers = [{ from: form.from, less: form.less }, ...form.steps].map((step) => ({ threshold: above(step.from) ?? 0, less: above(step.less) ?? 0 }))
  const rises = tiers.every((tier, at) => tier.threshold > (tiers[at - 1]?.threshold ?? 0) && tier.less > (tiers[at - 1]?.less ?? 0) && tier.less <= (isShare ? WHOLE : tier.threshold))
  if (!rises) return 'steps'
  return { kind: 'tiers', measure: 'amount', tiers: tiers.map((tier) => ({ threshold: tier.threshold, off: { amount_minor: isShare ? 0 : tier.less, basis_points: isShare ? tier.less : 0, cap_minor } })) }
}

/** What a form says, or the first thing that it lacks. */
export function couponWishOf(form: CouponForm): CouponWish | CouponLack {
  if (!form.name.zh.trim()) return 'name'
  const effect = effectOf(form)
  if (typeof effect === 'string') return effect
  const spend = above(form.spend)
  if (form.way === 'spend' && !spend) return 'spend'
  return {
    ...form.kept,
    name: { zh: form.name.zh.trim(), en: form.name.en.trim() },
    effect,
    goods: { ...form.kept.goods, product_ids: form.productIds, category_ids: form.categoryIds },
    way: form.way,
    ...(form.days === undefined ? {} : { valid_days: form.days, valid_from: null, valid_until: null }),
    claim_until: instantOf(form.claimUntil) ?? null,
    stock: form.stock ?? null,
    per_person_max: form.perPerson,
    spend_minor: form.way === 'spend' ? (spend ?? null) : null,
    is_returned_on_refund: form.isReturned,
    remind_days: form.remindDays || null,
    holdout_percent: canHoldOut(form.way) ? form.holdout : 0,
  }
}

/** A template as the form shows it; undefined when it says more than the form can ask. */
export function couponFormOf(wish: CouponWish): CouponForm | undefined {
  const way = COUPON_WAYS.find((one) => one === (wish.way ?? 'claim'))
  const said = saidOf(wish.effect)
  if (!way || !said) return undefined
  return {
    ...emptyCoupon(), ...said, way, kept: wish,
    name: { zh: wish.name.zh, en: wish.name.en ?? '' },
    spend: typed(wish.spend_minor), days: wish.valid_days ?? undefined, claimUntil: shopTime(wish.claim_until) ?? null, stock: wish.stock ?? undefined,
    perPerson: wish.per_person_max ?? 1, remindDays: wish.remind_days === undefined ? 3 : (wish.remind_days ?? 0), isReturned: wish.is_returned_on_refund ?? true, holdout: wish.holdout_percent ?? 0,
    productIds: [...(wish.goods?.product_ids ?? [])], categoryIds: [...(wish.goods?.category_ids ?? [])],
  } // prettier-ignore
}

const typed = (minor: number | null | undefined) => (minor ? String(minor / 100) : '')

function saidOf(effect: CouponWish['effect']): Partial<CouponForm> | undefined {
  if (effect.measure === 'pieces') return undefined
  if (effect.kind === 'freight_off') {
    const off = effect.off
    if (off.amount_minor) return { kind: 'freight', from: typed(effect.threshold), less: typed(off.amount_minor) }
    return off.basis_points === WHOLE && !off.cap_minor ? { kind: 'freeFreight', from: typed(effect.threshold) } : undefined
  }
  const tiers = [...effect.tiers].sort((one, other) => one.threshold - other.threshold)
  const [first] = tiers
  if (!first || effect.is_each) return undefined
  const isShare = Boolean(first.off.basis_points)
  const isAlike = tiers.every(({ off }) => Boolean(off.basis_points) === isShare && (off.cap_minor ?? null) === (first.off.cap_minor ?? null))
  if (!isAlike || (!isShare && first.off.cap_minor)) return undefined
  const [head = { from: '', less: '' }, ...steps] = tiers.map(({ threshold, off }) => ({ from: typed(threshold), less: typed(isShare ? off.basis_points : off.amount_minor) }))
  return { kind: isShare ? 'share' : 'amount', ...head, steps, cap: typed(first.off.cap_minor) }
}

/** Where a template can be sent from where it stands. */
export function couponMoves(status: CouponTemplate['status']): CouponMoveTo[] {
  if (status === 'ended') return []
  return status === 'live' ? ['paused', 'ended'] : ['live', 'ended']
}

/** Codes and goodwill were promised to somebody. */
export const canHoldOut = (way: CouponWay) => way === 'claim' || way === 'spend' || way === 'birthday'

export const givesByCode = (way: string | undefined) => way === 'code_shared' || way === 'code_once'

/** The days of a coupon as a chart of sales takes them: what its users paid, and how many used it. */
export function daysOfCoupon(days: readonly CouponDay[]): DaySales[] {
  return days.map((one) => ({ day: one.day, orders: one.used_count, paid_orders: one.used_count, sales: { amount_minor: one.revenue_minor, currency: 'CNY' } }))
}
