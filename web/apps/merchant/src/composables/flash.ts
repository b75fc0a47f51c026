import { parseAmountMinor } from '@jishi/ui'
import type { FlashApplication, FlashSession, FlashWish, Page } from '../api/types'
import type { ChosenSku } from './useSkuChoice'

export const FLASH_STATUSES = ['applied', 'accepted', 'rejected', 'withdrawn'] as const
export const APPLICATIONS_AT_ONCE = 50
export const QUOTA_MAX = 100_000
export const BUYER_MAX = 99

/** What is filled in to offer pieces in a session; the price is as typed, in yuan. */
export interface FlashForm {
  sessionId: string
  sku: ChosenSku | undefined
  price: string
  quota: number
  perBuyer: number
}

/** What a form lacks before it can be sent. */
export type FlashLack = 'session' | 'sku' | 'price' | 'priceTooHigh' | 'perBuyer'

export const emptyFlashForm = (): FlashForm => ({ sessionId: '', sku: undefined, price: '', quota: 50, perBuyer: 1 })

/** The sessions that can still be applied for, in their order. */
export function openSessions(sessions: readonly FlashSession[], now: Date): FlashSession[] {
  return sessions.filter(({ apply_until }) => now < new Date(apply_until))
}

/** What a form offers, or the first thing that it lacks. */
export function flashWishOf({ sessionId, sku, price, quota, perBuyer }: FlashForm): FlashWish | FlashLack {
  if (!sessionId) return 'session'
  if (!sku) return 'sku'
  const price_minor = parseAmountMinor(price)
  if (!price_minor || price_minor < 1) return 'price'
  if (price_minor >= sku.priceMinor) return 'priceTooHigh'
  if (perBuyer > quota) return 'perBuyer'
  return { flash_session_id: sessionId, sku_id: sku.id, price_minor, quota, per_buyer_max: perBuyer }
}

/** Tell whether an application can be taken back: nobody refused it and its session still takes changes. */
export function canWithdraw(application: FlashApplication, open: readonly FlashSession[]): boolean {
  const isStanding = application.status === 'applied' || application.status === 'accepted'
  return isStanding && open.some(({ id }) => id === application.session_id)
}

/** A page of applications with the cursor that the next one is asked by: the id of its last, if it was full. */
export function continued(page: Page<FlashApplication>): Page<FlashApplication> {
  const last = page.items.at(-1)
  return { ...page, next_cursor: last && page.items.length === APPLICATIONS_AT_ONCE ? last.id : null }
}
