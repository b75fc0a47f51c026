import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SHOP } from '../api/shop'
import CartGroup from '../components/CartGroup.vue'
import PriceTrace from '../components/PriceTrace.vue'
import ProductOffers from '../components/ProductOffers.vue'
import PromotionHint from '../components/PromotionHint.vue'
import { makeI18n } from '../i18n'
import zh from '../i18n/zh'
import { goodsQuery } from './goods'

const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
/** A shop that has no flash sale and no pre-sale. */
const nothing = { GET: () => Promise.resolve({ data: { item: null, presales: [] }, response: new Response() }) }
const options = (props: object, shop: object = {}) =>
  ({ props, global: { plugins: [makeI18n('zh', zh)], provide: { [SHOP as symbol]: { client: nothing, ...shop } }, stubs: { RouterLink: { props: ['to'], template: '<a :href="to"><slot /></a>' } } } }) as never

const hint = { promotion_id: 'r1', name: '满减', measure: 'amount', missing: 1_200, gain: '减 ¥20' }
const item = { id: 'r1', name: '双件价', label: '第2件半价', sentence: '第 2 件半价', audience: '', merchant_id: 'm', ends_at: '2030-01-01T00:00:00Z' }
const answer = (quantity: number, payable: number) => ({ product_id: 'p', quantity, items: [item], prices: [{ sku_id: 's', before: cny(10_000 * quantity), payable: cny(payable), each: cny(payable / quantity), trace: [], nexts: quantity === 1 ? [{ ...hint, measure: 'pieces', missing: 1, gain: '第 2 件半价' }] : [] }] })

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }))
afterEach(() => void vi.useRealTimers())

test('what is missing is said in money or pieces, with the way to goods that count', () => {
  const amount = mount(PromotionHint, options({ hint }))
  expect(amount.text()).toContain('再买 ¥12.00，可享减 ¥20')
  expect(amount.get('a').attributes('href')).toBe('/promotion/r1')
  const pieces = mount(PromotionHint, options({ hint: { ...hint, measure: 'pieces', missing: 1, gain: '第 2 件半价' }, plain: true }))
  expect(pieces.text()).toBe('再买 1 件，可享第 2 件半价')
})

test('the price of the chosen pieces follows the stepper once it rests, and never stands beside other pieces', async () => {
  const productPromotions = vi.fn((_id: string, quantity: number) => Promise.resolve(answer(quantity, quantity === 1 ? 10_000 : 15_000)))
  const box = mount(ProductOffers, options({ productId: 'p', skuId: 's', quantity: 1, each: cny(10_000) }, { productPromotions }))
  await flushPromises()
  expect(box.text()).toContain('第2件半价')
  expect(box.text()).not.toContain('到手价')
  expect(box.emitted('next')?.at(-1)).toEqual([expect.objectContaining({ missing: 1 })])

  await box.setProps({ quantity: 3 })
  await box.setProps({ quantity: 2 })
  expect(box.emitted('next')?.at(-1)).toEqual([undefined])
  await vi.advanceTimersByTimeAsync(250)
  expect(productPromotions.mock.calls).toEqual([['p', 1], ['p', 2]])
  expect(box.text()).toContain('2 件到手价 ¥150.00（每件约 ¥75.00）')
})

test('a store in the cart names what its promotions take off, and is marked while new figures are on their way', async () => {
  const discount = { rule_id: 'r1', name: '满199减20', amount: cny(2_000), funders: [] }
  const line = { id: 'l', is_selected: true } as never
  const group = { merchant: { id: 'm', name: '山野', logo: null }, lines: [line], selected_amount: cny(20_000), discounts: [discount], hints: [hint] }
  const box = mount(CartGroup, { ...(options({ group, isBusy: false }) as object), shallow: false, global: { ...(options({}) as { global: object }).global, stubs: { CartLine: true, RouterLink: true, PromotionHint: true } } } as never)
  expect(box.text()).toContain('满199减20')
  expect(box.text()).toContain('-¥20.00')
  expect(box.find('[aria-busy]').exists()).toBe(false)
  await box.setProps({ isBusy: true } as never)
  expect(box.find('[aria-busy="true"]').exists()).toBe(true)
})

test('a price is explained with the names of its rules, and others with why they were not applied', () => {
  const step = { step: 'store_promotion', rule_id: 'r1', rule_version: 1, amount: cny(-2_000), merchant_id: 'm', sku_id: null, funders: [], not_applied: [] }
  const passed = [{ rule_id: 'r2', name: '远 · 满 ¥900 减 ¥90', reason: 'below_threshold', why: '未达到使用门槛' }]
  const quote = { orders: [{ merchant: { id: 'm', name: '山野' }, lines: [] }], trace: [step], rules: { r1: '冬季优惠' }, passed }
  const text = mount(PriceTrace, options(quote)).text()
  for (const said of ['店铺优惠 · 冬季优惠', '山野', '远 · 满 ¥900 减 ¥90', '未达到使用门槛']) expect(text).toContain(said)
})

test('a page searches what its promotion covers, and not what it names', () => {
  const page = { promotion: item, merchant: { id: 'm', name: '山野', logo: null }, products: [], categories: [], brand_ids: [] }
  const [tea, cups] = [{ id: 'c1', name: '茶' }, { id: 'c2', name: '杯' }]
  expect(goodsQuery(page, '')).toEqual({ merchant_id: 'm' })
  expect(goodsQuery({ ...page, merchant: null }, '')).toEqual({})
  expect(goodsQuery({ ...page, categories: [tea, cups] }, '')).toEqual({ merchant_id: 'm', category_id: 'c1' })
  expect(goodsQuery({ ...page, categories: [tea, cups] }, 'c2')).toEqual({ merchant_id: 'm', category_id: 'c2' })
  expect(goodsQuery({ ...page, brand_ids: ['b'] }, 'elsewhere')).toEqual({ merchant_id: 'm', brand_id: ['b'] })
  expect(goodsQuery({ ...page, products: [{ id: 'p' } as never] }, '')).toBeUndefined()
})
