import type { PaymentStart, PaymentStatus, PaymentSummary, Trade } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import { stageOf, useCashier } from './useCashier'

const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const payment = (status: PaymentStatus): PaymentSummary => ({ id: 'p', status, amount: cny(100), channel: null, channels: ['alipay', 'wechat'], refunded: cny(0), instalments: null })
const trade = (status: PaymentStatus): Trade => ({ id: 't', orders: [], payment: payment(status), total: cny(100), placed_at: '', pay_before_at: '', live_topic: '', live_ticket: '' })
const start = (parts: Partial<PaymentStart>): PaymentStart => ({ payment_id: 'p', status: 'pending', channel: 'alipay', redirect_url: null, qr_code: null, expires_at: '', ...parts })

/** A shop whose payment stands at `status`, and what was asked of it. */
function cashier(parts: Partial<PaymentStart> = {}) {
  const state = { status: 'created' as PaymentStatus, asked: [] as string[], left: [] as string[] }
  const shop = {
    trade: () => {
      state.asked.push('trade')
      return Promise.resolve(trade(state.status))
    },
    payment: (_: string, returned: boolean) => {
      state.asked.push(returned ? 'payment after return' : 'payment')
      return Promise.resolve(payment(state.status))
    },
    pay: () => Promise.resolve(start(parts)),
  }
  const scope = effectScope()
  const made = scope.run(() => useCashier({ shop, tradeId: 't', client: 'desktop', leave: (url) => state.left.push(url), poll_ms: 1000 }))!
  return { state, scope, shop, ...made }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test.each([
  ['created', undefined, false, 'choosing'],
  ['pending', undefined, false, 'choosing'],
  ['pending', undefined, true, 'waiting'],
  ['pending', start({ qr_code: 'weixin://x' }), false, 'scanning'],
  ['pending', start({ redirect_url: 'https://x' }), false, 'waiting'],
  ['failed', undefined, true, 'failed'],
  ['failed', start({}), false, 'waiting'],
  ['paid', start({}), false, 'paid'],
  ['partially_refunded', undefined, false, 'paid'],
  ['refunded', undefined, false, 'refunded'],
  ['late_paid', undefined, false, 'late'],
  ['closed', undefined, false, 'closed'],
] as const)('a payment that is %s shows as %s', (status, started, returned, stage) => {
  expect(stageOf(trade(status), started, returned)).toBe(stage)
})

test('paying by code waits here and notices the money', async () => {
  const { state, scope, stage, watchMoney, pay } = cashier({ channel: 'wechat', qr_code: 'weixin://x' })
  await watchMoney()
  expect(stage.value).toBe('choosing')
  await pay('wechat')
  await vi.advanceTimersByTimeAsync(0)
  expect(stage.value).toBe('scanning')
  expect(state.left).toEqual([])
  state.status = 'paid'
  await vi.advanceTimersByTimeAsync(1000)
  expect(stage.value).toBe('paid')
  const count = state.asked.length
  await vi.advanceTimersByTimeAsync(10_000)
  expect(state.asked).toHaveLength(count)
  scope.stop()
})

test('paying by page leaves for the channel', async () => {
  const { state, scope, pay } = cashier({ redirect_url: 'https://pay.test/x' })
  await pay('alipay')
  expect(state.left).toEqual(['https://pay.test/x'])
  scope.stop()
})

test('a buyer who came back has the channel asked', async () => {
  const { state, scope, returned, watchMoney } = cashier()
  returned.value = true
  await watchMoney()
  await vi.advanceTimersByTimeAsync(1000)
  expect(state.asked).toContain('payment after return')
  scope.stop()
})

test('a lost connection keeps what is shown and asks again', async () => {
  const made = cashier()
  await made.watchMoney()
  made.shop.trade = () => Promise.reject(new ShopProblem({ status: 0, code: 'offline' }))
  await vi.advanceTimersByTimeAsync(1000)
  expect(made.trade.value?.id).toBe('t')
  expect(made.problem.value).toBeUndefined()
  made.shop.trade = () => Promise.resolve(trade('paid'))
  await vi.advanceTimersByTimeAsync(1000)
  expect(made.stage.value).toBe('paid')
  made.scope.stop()
})

test('a page that was left asks no more', async () => {
  const { state, scope, watchMoney } = cashier()
  await watchMoney()
  scope.stop()
  const count = state.asked.length
  await vi.advanceTimersByTimeAsync(10_000)
  expect(state.asked).toHaveLength(count)
})

test('a refused start is shown and the choice stays open', async () => {
  const made = cashier()
  made.shop.pay = () => Promise.reject(new ShopProblem({ status: 409, code: 'payment_closed' }))
  await made.watchMoney()
  await made.pay('alipay')
  expect(made.isStarting.value).toBe(false)
  expect(made.stage.value).toBe('choosing')
  made.scope.stop()
})

test('a paid deposit waits until its balance can be paid', () => {
  const split = (balance_from_at: string): Trade => ({
    ...trade('deposit_paid'),
    payment: { ...payment('deposit_paid'), instalments: { deposit: cny(20), balance: cny(80), balance_from_at, balance_until_at: '2999-01-02T00:00:00Z', returns_deposit: false, deposit_paid_at: '2026-12-01T00:00:00Z' } },
  })
  expect(stageOf(split('2999-01-01T00:00:00Z'), undefined, true)).toBe('deposit')
  expect(stageOf(split('2001-01-01T00:00:00Z'), undefined, true)).toBe('choosing')
})
