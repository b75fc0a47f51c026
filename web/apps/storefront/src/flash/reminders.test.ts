import type { FlashItem, FlashMark } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { expect, test, vi } from 'vitest'
import { hereAt } from './clock'
import { useReminders } from './useReminders'

const item = { id: 'i', stage: 'soon' } as FlashItem
const problem = (status: number, code: string) => new ShopProblem({ type: 'about:blank', title: code, detail: code, status, code })

function waitingFor(...ids: string[]) {
  const heard = { signIn: vi.fn(), said: vi.fn(), failed: vi.fn() }
  const shop = {
    flashReminders: vi.fn(async () => ({ items: ids.map((id) => ({ item: { ...item, id }, starts_at: '2026-12-01T02:00:00Z', minutes_before: 5 })) })),
    remindOfFlash: vi.fn(async () => undefined),
    forgetFlash: vi.fn(async () => undefined),
  }
  return { ...useReminders({ shop: shop as never, ...heard }), ...heard, shop }
}

test('what is set is known, and dropped by pressing again', async () => {
  const { learn, isSet, toggle, shop, said } = waitingFor('i')
  expect(isSet(item)).toBe(false)
  await learn()
  expect(isSet(item)).toBe(true)
  await toggle(item)
  expect(isSet(item)).toBe(false)
  expect(shop.forgetFlash).toHaveBeenCalledExactlyOnceWith('i')
  expect(said).toHaveBeenCalledExactlyOnceWith(false)
})

test('it shows at once, and is put back when the shop refuses', async () => {
  const { isSet, toggle, shop, failed } = waitingFor()
  shop.remindOfFlash.mockRejectedValueOnce(problem(409, 'flash_begun'))
  const pressed = toggle(item)
  expect(isSet(item)).toBe(true)
  await pressed
  expect(isSet(item)).toBe(false)
  expect(failed).toHaveBeenCalledOnce()
})

test('a visitor is sent to sign in and has nothing set', async () => {
  const { learn, toggle, isSet, waiting, shop, signIn, failed } = waitingFor('i')
  shop.flashReminders.mockRejectedValueOnce(problem(401, 'sign_in_needed'))
  shop.remindOfFlash.mockRejectedValueOnce(problem(401, 'sign_in_needed'))
  await learn()
  expect(waiting.value).toEqual([])
  await toggle(item)
  expect(isSet(item)).toBe(false)
  expect(signIn).toHaveBeenCalledOnce()
  expect(failed).not.toHaveBeenCalled()
})

test('countdowns go by the clock of the server', () => {
  const mark: Pick<FlashMark, 'now'> = { now: '2026-12-01T01:00:00Z' }
  const browser_is_a_minute_late = Date.parse('2026-12-01T00:59:00Z')
  expect(hereAt('2026-12-01T02:00:00Z', mark.now, browser_is_a_minute_late)).toBe('2026-12-01T01:59:00.000Z')
})
