import { useUi } from '@jishi/ui'
import { computed } from 'vue'
import en from './en'
import type { CouponWords } from './zh'
import zh from './zh'

export const COUPON_WORDS: Record<'zh' | 'en', CouponWords> = { zh, en }

/** The words of coupons in the page's language. */
export function useCouponWords() {
  const { locale } = useUi()
  return computed(() => COUPON_WORDS[locale.value])
}
