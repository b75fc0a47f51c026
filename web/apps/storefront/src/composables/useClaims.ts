import type { BuyerCoupon, CouponOffer } from '@jishi/api'
import { hasCode } from '@jishi/api'
import { reactive } from 'vue'
import type { Shop } from '../api/shop'

export interface ClaimOptions {
  shop: Pick<Shop, 'claimCoupon'>
  newKey: () => string
  /** Sends somebody who is not signed in to do so. */
  signIn: () => void
  said: (coupon: BuyerCoupon) => void
  failed: (error: unknown) => void
}

/** Claiming coupons: one key for each button until it has an answer, so that pressing again asks for the same coupon. */
export function useClaims({ shop, newKey, signIn, said, failed }: ClaimOptions) {
  const keys = new Map<string, string>()
  const states = reactive(new Map<string, CouponOffer['state']>())
  const busy = reactive(new Set<string>())

  async function claim(offer: CouponOffer): Promise<void> {
    if (busy.has(offer.id)) return
    busy.add(offer.id)
    const key = keys.get(offer.id) ?? newKey()
    keys.set(offer.id, key)
    try {
      said(await shop.claimCoupon(offer.id, key))
      states.set(offer.id, 'claimed')
    } catch (error) {
      if (hasCode(error, 'sign_in_needed')) return signIn()
      if (hasCode(error, 'coupons_gone')) states.set(offer.id, 'gone')
      if (hasCode(error, 'coupon_limit_reached')) states.set(offer.id, 'claimed')
      failed(error)
    } finally {
      busy.delete(offer.id)
    }
  }

  return { claim, stateOf: (offer: CouponOffer) => states.get(offer.id) ?? offer.state, isBusy: (offer: CouponOffer) => busy.has(offer.id) }
}
