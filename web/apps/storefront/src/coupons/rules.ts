import type { BuyerCoupon, CouponTerms, QuoteCoupon } from '@jishi/api'
import type { Locale, Money } from '@jishi/ui'
import { formatMoney } from '@jishi/ui'
import type { CouponWords } from '../i18n/coupons/zh'

const DAY_MS = 24 * 60 * 60 * 1000
const SOON_DAYS = 3
const WHOLE = 10_000

const NOTHING: CouponTerms['tiers'][number] = { threshold: 1, off: { amount_minor: 0, basis_points: 0, cap_minor: null } }

export const yuan = (amount_minor: number): Money => ({ amount_minor, currency: 'CNY' })

/** Whether a coupon pays all of the freight. */
const isFree = ({ is_freight, tiers: [first = NOTHING] }: CouponTerms) => is_freight && first.off.basis_points === WHOLE && !first.off.cap_minor

/** What a coupon's card shows of its terms: the first tier in full, and how far the others go. */
export function faceOf(terms: CouponTerms, words: CouponWords, locale: Locale) {
  const [first = NOTHING] = terms.tiers
  const last = terms.tiers.at(-1) ?? first
  const value = isFree(terms) ? { words: words.freeFreight } : first.off.basis_points ? { percent: (WHOLE - first.off.basis_points) / 100 } : yuan(first.off.amount_minor ?? 0)
  const notes = [terms.merchant ? words.ofStore(terms.merchant.name) : words.goods[terms.goods]]
  if (terms.merchant && terms.goods === 'some') notes.push(words.goods.some)
  if (terms.is_freight) notes.unshift(words.ofFreight)
  if (terms.is_new_only) notes.push(words.newOnly)
  if (first.off.cap_minor) notes.push(words.cap(formatMoney(yuan(first.off.cap_minor), locale)))
  if (last !== first && last.off.amount_minor) notes.push(words.more(formatMoney(yuan(last.off.amount_minor), locale)))
  const pieces = terms.measure === 'pieces' ? words.fromPieces(first.threshold) : undefined
  // A threshold of a cent is none.
  const least = terms.measure === 'amount' && first.threshold > 1 ? yuan(first.threshold) : null
  return { value, least, condition: pieces, notes }
}

/** The whole days a coupon still has, when they are few; undefined when it has time. */
export function daysLeft(coupon: Pick<BuyerCoupon, 'valid_until'>, now: number): number | undefined {
  const days = Math.floor((Date.parse(coupon.valid_until) - now) / DAY_MS)
  return days >= 0 && days < SOON_DAYS ? days : undefined
}

/** What a quote says of a coupon, in words. */
export function verdict(coupon: QuoteCoupon, words: CouponWords, locale: Locale): string {
  if (coupon.amount) return words.saved(formatMoney(coupon.amount, locale))
  if (!coupon.reason) return words.notChosen
  if (coupon.reason === 'below_threshold' && coupon.missing > 0) {
    return coupon.measure === 'pieces' ? words.missingPieces(coupon.missing) : words.missingAmount(formatMoney(yuan(coupon.missing), locale))
  }
  return words.reasons[coupon.reason]
}

/** Which coupons to ask for once one was ticked or not: it takes the place of those that it cannot stand beside. */
export function ticked(used: readonly QuoteCoupon[], coupon: QuoteCoupon, isWanted: boolean): string[] {
  const others = used.filter(({ id }) => id !== coupon.id)
  if (!isWanted) return others.map(({ id }) => id)
  const beside = coupon.reason === 'not_combined' ? [] : others.filter((one) => coupon.reason !== 'no_better' || one.merchant_id !== coupon.merchant_id || one.is_freight !== coupon.is_freight)
  return [...beside.map(({ id }) => id), coupon.id]
}

/** Whether a coupon may be ticked: it is in use, or could be if another were not. */
export function isChoosable(coupon: QuoteCoupon): boolean {
  return coupon.amount !== null || coupon.reason === null || coupon.reason === 'no_better' || coupon.reason === 'not_combined'
}
