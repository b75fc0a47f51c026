import { shallowRef, watch } from 'vue'
import type { RefundPreview, RefundWish } from '../api/types'

/** What a refund would send back, asked anew whenever the wish changes; an answer to an older wish is not shown. */
export function useRefundPreview(wish: () => RefundWish | undefined, ask: (wish: RefundWish) => Promise<RefundPreview>) {
  const preview = shallowRef<RefundPreview>()
  const problem = shallowRef<unknown>()
  let asked = 0

  watch(wish, async (now) => {
    asked += 1
    const mine = asked
    problem.value = undefined
    if (!now) {
      preview.value = undefined
      return
    }
    try {
      const found = await ask(now)
      if (mine === asked) preview.value = found
    } catch (error) {
      if (mine !== asked) return
      preview.value = undefined
      problem.value = error
    }
  })
  return { preview, problem }
}

/** What each side gives back of the goods, in minor units: the buyer gets it, the platform and the merchant take their discounts back. */
export function sidesOf(preview: RefundPreview): { platform: number; merchant: number; commission: number } {
  const sum = (side: 'platform_discount' | 'merchant_discount' | 'commission') => preview.lines.reduce((so, line) => so + line[side].amount_minor, 0)
  return { platform: sum('platform_discount'), merchant: sum('merchant_discount'), commission: sum('commission') }
}
