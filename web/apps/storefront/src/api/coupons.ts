import type { CouponState, makeClient } from '@jishi/api'
import { answerOf } from '@jishi/api'

/** Coupons: to claim, and one's own. */
export function coupons(client: ReturnType<typeof makeClient>) {
  return {
    couponOffers: (cursor?: string) => answerOf(client.GET('/api/v1/store/coupon-offers', { params: { query: cursor ? { cursor } : {} } })),
    claimCoupon: (coupon_offer_id: string, key: string) =>
      answerOf(client.POST('/api/v1/store/coupon-offers/{coupon_offer_id}/claims', { params: { path: { coupon_offer_id }, header: { 'Idempotency-Key': key } } })),
    exchangeCode: (code: string) => answerOf(client.POST('/api/v1/store/coupon-codes', { body: { code } })),
    myCoupons: (state: CouponState, cursor?: string) => answerOf(client.GET('/api/v1/store/me/coupons', { params: { query: { state, ...(cursor ? { cursor } : {}) } } })),
  }
}
