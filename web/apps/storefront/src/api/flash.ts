import type { AdmissionWish, FlashQuoteRequest, makeClient } from '@jishi/api'
import { answerOf } from '@jishi/api'

/** Flash sales: the board, the gate and the price behind it. */
export function flash(client: ReturnType<typeof makeClient>) {
  const path = (flash_item_id: string) => ({ params: { path: { flash_item_id } } })
  return {
    flashBoard: (flash_session_id?: string) => answerOf(client.GET('/api/v1/store/flash', { params: { query: flash_session_id ? { flash_session_id } : {} } })),
    flashProgress: (flash_session_id: string) => answerOf(client.GET('/api/v1/store/flash/sessions/{flash_session_id}/progress', { params: { path: { flash_session_id } } })),
    flashChallenge: (id: string) => answerOf(client.GET('/api/v1/store/flash/items/{flash_item_id}/challenge', path(id))),
    enterFlash: (id: string, wish: AdmissionWish) => answerOf(client.POST('/api/v1/store/flash/items/{flash_item_id}/admissions', { ...path(id), body: wish })),
    flashQuote: (id: string, wish: FlashQuoteRequest) => answerOf(client.POST('/api/v1/store/flash/items/{flash_item_id}/quotes', { ...path(id), body: wish })),
  }
}
