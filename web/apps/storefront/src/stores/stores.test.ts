import type { Cart, CartLine, Me } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import { createApp } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { ACCOUNTS } from '../api/accounts'
import { SHOP } from '../api/shop'
import { withQuantity, without, withSelection } from '../cart/rules'
import { useCart } from './cart'
import { safeNext, useSession } from './session'

const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const line = (id: string, price: number, quantity: number, is_selected = true): CartLine => ({
  id,
  sku_id: `sku-${id}`,
  product_id: `p-${id}`,
  title: id,
  choice_name: '',
  image: null,
  price: cny(price),
  quantity,
  amount: cny(price * quantity),
  available: 99,
  is_selected,
  problem: null,
  single_price: cny(price),
  tiers: [],
})

/** A cart as the server would total it. */
function cartOf(...groups: CartLine[][]): Cart {
  const empty: Cart = { groups: groups.map((lines, n) => ({ merchant: { id: `m${n}`, name: `m${n}`, logo: null }, lines, selected_amount: cny(0), discounts: [], hints: [], gifts: [] })), invalid_lines: [], hints: [], piece_count: 0, selected_count: 0, goods_amount: cny(0), discount_amount: cny(0), total: cny(0) }
  return without(empty, [])
}

/** An app whose API is `shop`; what is left out fails loudly. */
function appWith(shop: object, accounts: object = {}): void {
  const app = createApp({})
  const pinia = createPinia()
  app.use(pinia)
  app.provide(SHOP, shop as never)
  app.provide(ACCOUNTS, accounts as never)
  setActivePinia(pinia)
}

beforeEach(() => {
  document.cookie = 'jishi_known=; max-age=0; path=/'
})

test('totals follow quantity, selection and removal at once', () => {
  const cart = cartOf([line('a', 100, 2), line('b', 50, 1, false)], [line('c', 30, 1)])
  expect(cart.total).toEqual(cny(230))
  expect(cart.selected_count).toBe(3)
  expect(withQuantity(cart, 'a', 5).total).toEqual(cny(530))
  expect(withSelection(cart, ['a', 'b'], true).total).toEqual(cny(280))
  expect(withSelection(cart, ['a', 'c'], false).total).toEqual(cny(0))
  const fewer = without(cart, ['c'])
  expect(fewer.groups).toHaveLength(1)
  expect(fewer.piece_count).toBe(3)
})

test('a change shows before the server answers, and the server has the last word', async () => {
  const cart = cartOf([line('a', 100, 1)])
  let answer: (cart: Cart) => void = () => {}
  appWith({ cart: () => Promise.resolve(cart), changeCartLine: () => new Promise<Cart>((done) => (answer = done)) })
  const store = useCart()
  await store.load()
  const sent = store.setQuantity(store.cart!.groups[0]!.lines[0]!, 3)
  expect(store.cart?.total).toEqual(cny(300))
  expect(store.isBusy).toBe(true)
  await Promise.resolve()
  answer(cartOf([line('a', 90, 3)]))
  await sent
  expect(store.cart?.total).toEqual(cny(270))
  expect(store.isBusy).toBe(false)
})

test('a refused change puts back what the server agreed to last', async () => {
  const cart = cartOf([line('a', 100, 1)])
  appWith({ cart: () => Promise.resolve(cart), changeCartLine: () => Promise.reject(new ShopProblem({ status: 409, code: 'x' })) })
  const store = useCart()
  await store.load()
  await expect(store.setQuantity(store.cart!.groups[0]!.lines[0]!, 3)).rejects.toMatchObject({ code: 'x' })
  expect(store.cart?.total).toEqual(cny(100))
})

test('quick changes are sent in order and only the last answer is shown', async () => {
  const sent: number[] = []
  const cart = cartOf([line('a', 100, 1)])
  appWith({
    cart: () => Promise.resolve(cart),
    changeCartLine: (_: string, { quantity }: { quantity: number }) => {
      sent.push(quantity)
      return Promise.resolve(cartOf([line('a', 100, quantity)]))
    },
  })
  const store = useCart()
  await store.load()
  const first = store.setQuantity(store.cart!.groups[0]!.lines[0]!, 2)
  const second = store.setQuantity(store.cart!.groups[0]!.lines[0]!, 3)
  await first
  expect(store.cart?.total).toEqual(cny(300))
  await second
  expect(sent).toEqual([2, 3])
  expect(store.count).toBe(3)
})

test('selecting what is selected already asks nothing', async () => {
  const asked: string[][] = []
  const cart = cartOf([line('a', 100, 1), line('b', 50, 1, false)])
  appWith({
    cart: () => Promise.resolve(cart),
    selectCartLines: (ids: string[]) => {
      asked.push(ids)
      return Promise.resolve(cart)
    },
  })
  const store = useCart()
  await store.load()
  const lines = store.cart!.groups[0]!.lines
  await store.select(lines, true)
  await store.select([lines[0]!], true)
  expect(asked).toEqual([['b']])
})

test('a visitor without a hint is not asked for, unless it matters', async () => {
  let asked = 0
  appWith({
    me: () => {
      asked += 1
      return Promise.reject(new ShopProblem({ status: 401, code: 'sign_in_needed' }))
    },
  })
  const session = useSession()
  expect(await session.known()).toBeNull()
  expect(asked).toBe(0)
  expect(await session.known(true)).toBeNull()
  expect(asked).toBe(1)
})

test('somebody signed in is asked for once, however many want to know', async () => {
  let asked = 0
  const me = { id: 'u', nickname: '小集' } as Me
  appWith({
    me: () => {
      asked += 1
      return Promise.resolve(me)
    },
  })
  const session = useSession()
  const answers = await Promise.all([session.known(true), session.known(true)])
  expect(answers).toEqual([me, me])
  expect(asked).toBe(1)
  expect(document.cookie).toContain('jishi_known=1')
  expect(session.isSignedIn).toBe(true)
})

test('account pages lead to sign-in and back', async () => {
  appWith({ me: () => Promise.reject(new ShopProblem({ status: 401, code: 'sign_in_needed' })) })
  const page = { render: () => null }
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      { path: '/', component: page },
      { path: '/orders', component: page, meta: { account: true } },
      { path: '/sign-in', name: 'sign-in', component: page },
    ],
  })
  await router.push('/')
  useSession().guard(router)
  await router.push('/orders?tab=shipped')
  expect(router.currentRoute.value.name).toBe('sign-in')
  expect(router.currentRoute.value.query.next).toBe('/orders?tab=shipped')
})

test.each([
  ['/orders', '/orders'],
  ['//evil.test', '/'],
  ['/\\evil.test', '/'],
  ['https://evil.test', '/'],
  [undefined, '/'],
  [['/a'], '/'],
])('after sign-in %s leads to %s', (next, path) => {
  expect(safeNext(next)).toBe(path)
})
