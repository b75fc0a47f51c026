import type { AdmissionWish, FlashQuoteRequest, makeClient } from '@jishi/api'
import { answerOf } from '@jishi/api'
import { useShop } from './shop'

/** What the shop says of flash sales: the board, reminders, the gate and the price behind it. */
export function flash(client: ReturnType<typeof makeClient>) {
  const path = (flash_item_id: string) => ({ params: { path: { flash_item_id } } })
  return {
    flashBoard: (flash_session_id?: string) => answerOf(client.GET('/api/v1/store/flash', { params: { query: flash_session_id ? { flash_session_id } : {} } })),
    flashProgress: (flash_session_id: string) => answerOf(client.GET('/api/v1/store/flash/sessions/{flash_session_id}/progress', { params: { path: { flash_session_id } } })),
    flashMark: (product_id: string) => answerOf(client.GET('/api/v1/store/products/{product_id}/flash', { params: { path: { product_id } } })),
    flashReminders: () => answerOf(client.GET('/api/v1/store/flash/reminders')),
    remindOfFlash: (id: string) => answerOf(client.PUT('/api/v1/store/flash/items/{flash_item_id}/reminder', path(id))),
    forgetFlash: (id: string) => answerOf(client.DELETE('/api/v1/store/flash/items/{flash_item_id}/reminder', path(id))),
    flashChallenge: (id: string) => answerOf(client.GET('/api/v1/store/flash/items/{flash_item_id}/challenge', path(id))),
    enterFlash: (id: string, wish: AdmissionWish) => answerOf(client.POST('/api/v1/store/flash/items/{flash_item_id}/admissions', { ...path(id), body: wish })),
    flashQuote: (id: string, wish: FlashQuoteRequest) => answerOf(client.POST('/api/v1/store/flash/items/{flash_item_id}/quotes', { ...path(id), body: wish })),
  }
}

export type Flash = ReturnType<typeof flash>

/** Flash sales, which few pages ask of. */
export const useFlash = (): Flash => flash(useShop().client)
