import type { Quote, QuoteRequest, Trade } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { expect, test } from 'vitest'
import { effectScope, nextTick } from 'vue'
import { buyNowLines, firstAddress, useCheckout } from './useCheckout'

const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const line = { sku_id: 's1', product_id: 'p1', title: '茶壶', choice_name: '紫泥', image: null, unit_price: cny(100), quantity: 1, amount: cny(100), discount: cny(0), payable: cny(100) }
const quote = (id: string, total: number) =>
  ({ id, address_id: 'a1', orders: [{ merchant: { id: 'm1', name: 'm', logo: null }, lines: [line] }], total: cny(total), trace: [] }) as unknown as Quote
const problem = (code: string, status = 409, data?: Record<string, unknown>) => new ShopProblem({ code, status, ...(data ? { data } : {}) })

function checkout(lines?: { sku_id: string; quantity: number }[]) {
  const asked: QuoteRequest[] = []
  const keys: string[] = []
  const placed: string[] = []
  const state = { quotes: 0, price: (count: number) => 100 * count, answer: () => Promise.resolve({ id: 't1' } as Trade) }
  const shop = {
    quote: (wish: QuoteRequest) => {
      asked.push(wish)
      state.quotes += 1
      return Promise.resolve(quote(`q${state.quotes}`, state.price(state.quotes)))
    },
    placeTrade: (bought: { id: string }, key: string) => {
      keys.push(key)
      placed.push(bought.id)
      return state.answer()
    },
  }
  let made = 0
  const scope = effectScope()
  const flow = scope.run(() => useCheckout({ shop, lines, newKey: () => `key${(made += 1)}` }))!
  return { shop, asked, keys, placed, state, ...flow }
}

test('buy now prices its line, the cart is priced without lines', async () => {
  const now = checkout([{ sku_id: 's1', quantity: 2 }])
  await now.refresh()
  expect(now.asked[0]!.lines).toEqual([{ sku_id: 's1', quantity: 2 }])
  const cart = checkout()
  await cart.refresh()
  expect(cart.asked[0]).not.toHaveProperty('lines')
})

test('another address or method asks for another quote', async () => {
  const flow = checkout()
  await flow.refresh()
  flow.wish.address_id = 'a2'
  await nextTick()
  flow.wish.shipping.m1 = 'express'
  await nextTick()
  await nextTick()
  expect(flow.asked.map((wish) => [wish.address_id, wish.shipping])).toEqual([
    [undefined, {}],
    ['a2', {}],
    ['a2', { m1: 'express' }],
  ])
})

test('an older quote never overtakes a newer one', async () => {
  const flow = checkout()
  const waiting: ((answer: Quote) => void)[] = []
  flow.shop.quote = () => new Promise<Quote>((answer) => waiting.push(answer))
  const first = flow.refresh()
  const second = flow.refresh()
  waiting[1]!(quote('new', 2))
  waiting[0]!(quote('old', 1))
  await Promise.all([first, second])
  expect(flow.quote.value?.id).toBe('new')
})

test('a broken connection keeps the key, so that pressing again finds the same order', async () => {
  const flow = checkout()
  await flow.refresh()
  flow.state.answer = () => Promise.reject(problem('offline', 0))
  expect(await flow.place()).toBeUndefined()
  expect(flow.obstacle.value).toEqual({ kind: 'unknown_outcome' })
  flow.state.answer = () => Promise.resolve({ id: 't1' } as Trade)
  expect((await flow.place())?.id).toBe('t1')
  expect(flow.keys).toEqual(['key1', 'key1'])
})

test('a changed cart shows the new quote, and confirming it is a new order with a new key', async () => {
  const flow = checkout()
  await flow.refresh()
  const after = quote('q9', 900)
  flow.state.answer = () => Promise.reject(problem('cart_changed', 409, { quote: after }))
  await flow.place()
  expect(flow.obstacle.value).toMatchObject({ kind: 'changed', before: { id: 'q1' }, after: { id: 'q9' } })
  expect(flow.quote.value?.id).toBe('q9')
  flow.state.answer = () => Promise.resolve({ id: 't1' } as Trade)
  await flow.place()
  expect(flow.keys).toEqual(['key1', 'key2'])
  expect(flow.obstacle.value).toBeUndefined()
})

test('a note written after the last quote goes with the order', async () => {
  const flow = checkout()
  flow.state.price = () => 100
  await flow.refresh()
  flow.wish.notes.m1 = '请放门口'
  expect((await flow.place())?.id).toBe('t1')
  expect(flow.asked.map((wish) => wish.notes)).toEqual([{}, { m1: '请放门口' }])
  expect(flow.placed).toEqual(['q2'])
})

test('a note that was quoted already asks for no other quote', async () => {
  const flow = checkout()
  flow.wish.notes.m1 = '请放门口'
  await flow.refresh()
  await flow.place()
  expect(flow.asked).toHaveLength(1)
  expect(flow.placed).toEqual(['q1'])
})

test('a price that changed while a note was written is shown before anything is bought', async () => {
  const flow = checkout()
  await flow.refresh()
  flow.wish.notes.m1 = '请放门口'
  expect(await flow.place()).toBeUndefined()
  expect(flow.obstacle.value).toMatchObject({ kind: 'changed', before: { id: 'q1' }, after: { id: 'q2' } })
  expect((await flow.place())?.id).toBe('t1')
  expect(flow.placed).toEqual(['q2'])
})

test('a note that cannot be quoted buys nothing', async () => {
  const flow = checkout()
  await flow.refresh()
  flow.wish.notes.m1 = '请放门口'
  flow.shop.quote = () => Promise.reject(problem('area_not_served', 409))
  expect(await flow.place()).toBeUndefined()
  expect(flow.placed).toEqual([])
  expect(flow.quoteProblem.value?.code).toBe('area_not_served')
})

test('a note written after a broken connection makes no second order', async () => {
  const flow = checkout()
  await flow.refresh()
  flow.state.answer = () => Promise.reject(problem('offline', 0))
  await flow.place()
  flow.wish.notes.m1 = '请放门口'
  await flow.place()
  expect(flow.keys).toEqual(['key1', 'key1'])
})

test('what fell short is named', async () => {
  const flow = checkout()
  await flow.refresh()
  flow.state.answer = () => Promise.reject(problem('out_of_stock', 409, { lines: [{ sku_id: 's1', available: 0 }] }))
  await flow.place()
  expect(flow.obstacle.value).toEqual({ kind: 'short', titles: ['茶壶（紫泥）'] })
})

test('nothing is placed twice at once, nor while the price is being asked', async () => {
  const flow = checkout()
  expect(await flow.place()).toBeUndefined()
  await flow.refresh()
  const both = await Promise.all([flow.place(), flow.place()])
  expect(both.filter(Boolean)).toHaveLength(1)
  expect(flow.keys).toHaveLength(1)
})

test('a refused quote keeps the last one and says why', async () => {
  const flow = checkout()
  await flow.refresh()
  flow.shop.quote = () => Promise.reject(problem('area_not_served', 409))
  await flow.refresh()
  expect(flow.quote.value?.id).toBe('q1')
  expect(flow.quoteProblem.value?.code).toBe('area_not_served')
})

test('buy now is read from the address, with sense', () => {
  expect(buyNowLines({ sku: 's1', quantity: '3' })).toEqual([{ sku_id: 's1', quantity: 3 }])
  expect(buyNowLines({ sku: 's1', quantity: '-3' })).toEqual([{ sku_id: 's1', quantity: 1 }])
  expect(buyNowLines({})).toBeUndefined()
})

test('a checkout starts with the default address', () => {
  const address = (id: string, is_default: boolean) => ({ id, is_default, recipient: '', phone: '', area_code: '', street: '', postcode: '', province: '', city: '', district: '' })
  expect(firstAddress([address('1', false), address('2', true)])?.id).toBe('2')
  expect(firstAddress([address('1', false)])?.id).toBe('1')
  expect(firstAddress([])).toBeUndefined()
})

test('chosen coupons ask for another quote, none chosen is not the same as the best', async () => {
  const flow = checkout()
  await flow.refresh()
  flow.wish.coupons = ['c1']
  await nextTick()
  flow.wish.coupons = []
  await nextTick()
  flow.wish.coupons = undefined
  await nextTick()
  await nextTick()
  expect(flow.asked.map((wish) => wish.coupons)).toEqual([undefined, ['c1'], [], undefined])
})
