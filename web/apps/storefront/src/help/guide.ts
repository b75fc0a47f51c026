import en from '@guide/en/buyer.md'
import zh from '@guide/zh/buyer.md'
import type { Locale } from '@jishi/ui'
import type { Guide } from '../../../../guide/sections'

/** What the guide says to buyers, in each language. */
export const BUYER_GUIDE: Record<Locale, Guide> = { zh, en }
