import { describe, expect, test } from 'vitest'
import type { FlashApplication, FlashSession } from '../api/types'
import { APPLICATIONS_AT_ONCE, canWithdraw, continued, emptyFlashForm, flashWishOf, openSessions } from './flash'

const session = (id: string, apply_until: string): FlashSession => ({ id, apply_until, starts_at: '2026-11-24T02:00:00Z', ends_at: '2026-11-24T06:00:00Z', stage: 'soon' })
const cents = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const application = (id: string, status: FlashApplication['status']): FlashApplication => ({
  id, status, session_id: 'open', merchant_id: 'm', sku_id: 's', title: 'Longjing', choice_name: '250 g', image: null, price: cents(4900), usual_price: cents(9900), quota: 50, per_buyer_max: 1,
  reason: '', sold: 0, starts_at: '2026-11-24T02:00:00Z', ends_at: '2026-11-24T06:00:00Z', applied_at: '2026-11-23T02:00:00Z',
}) // prettier-ignore
const SKU = { id: 's', name: { zh: '龙井', en: 'Longjing' }, priceMinor: 9900 }
const FORM = { ...emptyFlashForm(), sessionId: 'open', sku: SKU, price: '49' }

test('a session takes applications until its time, not at it', () => {
  const sessions = [session('over', '2026-11-24T01:50:00Z'), session('open', '2026-11-24T01:50:01Z')]
  expect(openSessions(sessions, new Date('2026-11-24T01:50:00Z')).map(({ id }) => id)).toEqual(['open'])
})

describe('an offer', () => {
  test('is what the form says, in minor units', () => {
    expect(flashWishOf(FORM)).toEqual({ flash_session_id: 'open', sku_id: 's', price_minor: 4900, quota: 50, per_buyer_max: 1 })
  })

  test.each([
    [{ sessionId: '' }, 'session'],
    [{ sku: undefined }, 'sku'],
    [{ price: '' }, 'price'],
    [{ price: '0' }, 'price'],
    [{ price: 'cheap' }, 'price'],
    [{ price: '99' }, 'priceTooHigh'],
    [{ quota: 2, perBuyer: 3 }, 'perBuyer'],
  ] as const)('with %o lacks %s', (part, lack) => {
    expect(flashWishOf({ ...FORM, ...part })).toBe(lack)
  })

  test('may be one cent below the usual price', () => {
    expect(flashWishOf({ ...FORM, price: '98.99' })).toMatchObject({ price_minor: 9899 })
  })
})

test('what stands is taken back while its session takes changes', () => {
  const open = [session('open', '2026-11-24T01:50:00Z')]
  expect((['applied', 'accepted', 'rejected', 'withdrawn'] as const).filter((status) => canWithdraw(application('a', status), open))).toEqual(['applied', 'accepted'])
  expect(canWithdraw(application('a', 'accepted'), [])).toBe(false)
})

test('a full page goes on after its last application, any other is the end', () => {
  const full = Array.from({ length: APPLICATIONS_AT_ONCE }, (_, number) => application(`a${number}`, 'applied'))
  expect(continued({ items: full, next_cursor: null }).next_cursor).toBe(`a${APPLICATIONS_AT_ONCE - 1}`)
  expect(continued({ items: full.slice(1), next_cursor: null }).next_cursor).toBeNull()
  expect(continued({ items: [], next_cursor: null }).next_cursor).toBeNull()
})
