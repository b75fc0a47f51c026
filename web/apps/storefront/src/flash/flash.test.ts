import type { Admission } from '@jishi/api'
import { afterEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import { checkoutShop } from './checkout'
import { beginsWithZeros, prove } from './proof'
import { useFlashGate } from './useFlashGate'

const said = (answer: Partial<Admission>): Admission => ({ state: 'queued', token: null, expires_at: null, place: null, wait_seconds: null, ask_again_seconds: 2, ...answer })

afterEach(() => vi.useRealTimers())

function stand(...answers: Admission[]) {
  vi.useFakeTimers()
  const admitted = vi.fn()
  const refused = vi.fn()
  const shop = { flashChallenge: vi.fn(async () => ({ challenge: 'c', bits: 1 })), enterFlash: vi.fn(async () => answers.shift() ?? said({ place: 1 })) }
  const scope = effectScope()
  const gate = scope.run(() => useFlashGate({ shop, prove: async () => 7, admitted, refused }))
  if (!gate) throw new Error('no gate')
  return { ...gate, shop, scope, admitted, refused }
}

test('bits are counted from the left', () => {
  expect(beginsWithZeros(new Uint8Array([0, 15]), 12)).toBe(true)
  expect(beginsWithZeros(new Uint8Array([0, 16]), 12)).toBe(false)
  expect(beginsWithZeros(new Uint8Array([1, 0]), 8)).toBe(false)
})

test('the work is done', async () => {
  const nonce = await prove({ challenge: 'c', bits: 6 })
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`c:${nonce}`))
  expect(beginsWithZeros(new Uint8Array(digest), 6)).toBe(true)
})

test('who queues sees his place, asks again, and is let in', async () => {
  const { enter, queueing, admitted, shop } = stand(said({ place: 3, wait_seconds: 9 }), said({ state: 'admitted', token: 't' }))
  await enter('i')
  await vi.advanceTimersByTimeAsync(500)
  expect(queueing.value).toEqual({ item: 'i', place: 3, wait_seconds: 9 })
  await vi.advanceTimersByTimeAsync(2000)
  expect(admitted).toHaveBeenCalledExactlyOnceWith('i', 't')
  expect(queueing.value).toBeUndefined()
  expect(shop.flashChallenge).toHaveBeenCalledOnce()
})

test('what is sold out says so, and who leaves asks no more', async () => {
  const { enter, leave, soldOut, shop } = stand(said({ state: 'sold_out' }))
  await enter('i')
  await vi.advanceTimersByTimeAsync(500)
  expect([...soldOut.value]).toEqual(['i'])
  await enter('j')
  leave()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(shop.enterFlash).toHaveBeenCalledOnce()
})

test('a closed page asks no more', async () => {
  const { enter, scope, shop } = stand()
  await enter('i')
  await vi.advanceTimersByTimeAsync(500)
  scope.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(shop.enterFlash).toHaveBeenCalledOnce()
})

test('the checkout asks past the gate only with its item and token', async () => {
  const shop = { quote: vi.fn(), flashQuote: vi.fn(), placeTrade: vi.fn() }
  await checkoutShop(shop as never, shop, {}).quote({})
  await checkoutShop(shop as never, shop, { flash: 'i', admission: 't' }).quote({ address_id: 'a', shipping: {}, notes: {} })
  expect(shop.quote).toHaveBeenCalledOnce()
  expect(shop.flashQuote).toHaveBeenCalledExactlyOnceWith('i', { admission: 't', quantity: 1, address_id: 'a', shipping: {}, notes: {} })
})
