import { parseAmountMinor } from '@jishi/ui'
import type { CouponTemplate, CouponWish, Page } from '../api/types'
import { instantOf } from './shelfPlan'

export const COUPON_STATUSES = ['draft', 'live', 'paused', 'ended'] as const
/** How a merchant's coupons come to buyers; the other ways are the platform's. */
export const COUPON_WAYS = ['claim', 'code_shared', 'code_once', 'spend'] as const
export type CouponWay = (typeof COUPON_WAYS)[number]
export type CouponMoveTo = 'live' | 'paused' | 'ended'
export const TEMPLATES_AT_ONCE = 50
export const DAYS_MAX = 366
export const CODES_MAX = 10_000

/** A coupon as it is typed: amounts in yuan, a share in per cent; times are China's. */
export interface CouponForm {
  name: { zh: string; en: string }
  way: CouponWay
  isShare: boolean
  from: string
  less: string
  cap: string
  spend: string
  days: number
  claimUntil: string | null
  stock: number | undefined
  perPerson: number
  isReturned: boolean
  productIds: string[]
}
export type CouponLack = 'name' | 'from' | 'less' | 'cap' | 'spend'

export const emptyCoupon = (): CouponForm => ({ name: { zh: '', en: '' }, way: 'claim', isShare: false, from: '', less: '', cap: '', spend: '', days: 14, claimUntil: null, stock: undefined, perPerson: 1, isReturned: true, productIds: [] })

/** What was typed in minor units (or basis points), above nothing; undefined for anything else. */
function above(typed: string): number | undefined {
  const value = parseAmountMinor(typed)
  return value && value > 0 ? value : undefined
}

/** What a form says, or the first thing that it lacks. */
export function couponWishOf(form: CouponForm): CouponWish | CouponLack {
  const [threshold, less, spend] = [above(form.from), above(form.less), above(form.spend)]
  if (!form.name.zh.trim()) return 'name'
  if (!threshold) return 'from'
  if (!less || (form.isShare ? less > 10_000 : less > threshold)) return 'less'
  if (form.isShare && form.cap && !above(form.cap)) return 'cap'
  if (form.way === 'spend' && !spend) return 'spend'
  const off = { amount_minor: form.isShare ? 0 : less, basis_points: form.isShare ? less : 0, cap_minor: (form.isShare && above(form.cap)) || null }
  return {
    name: { zh: form.name.zh.trim(), en: form.name.en.trim() },
    effect: { kind: 'tiers', measure: 'amount', tiers: [{ threshold, off }] },
    goods: { product_ids: form.productIds },
    way: form.way,
    valid_days: form.days,
    claim_until: instantOf(form.claimUntil) ?? null,
    stock: form.stock ?? null,
    per_person_max: form.perPerson,
    spend_minor: form.way === 'spend' ? (spend ?? null) : null,
    is_returned_on_refund: form.isReturned,
  }
}

/** Where a template can be sent from where it stands. */
export function couponMoves(status: CouponTemplate['status']): CouponMoveTo[] {
  if (status === 'ended') return []
  return status === 'live' ? ['paused', 'ended'] : ['live', 'ended']
}

export const givesByCode = (way: string | undefined) => way === 'code_shared' || way === 'code_once'

/** A page with the cursor that the next one is asked by: the id of its last, if it was full. */
export function continued(page: Page<CouponTemplate>): Page<CouponTemplate> {
  const last = page.items.at(-1)
  return { ...page, next_cursor: last && page.items.length === TEMPLATES_AT_ONCE ? last.id : null }
}
