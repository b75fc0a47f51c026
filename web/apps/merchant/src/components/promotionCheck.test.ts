import { expect, test } from 'vitest'
import { createApp, h, nextTick } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { Merchant } from '../api/merchant'
import { MERCHANT } from '../api/merchant'
import type { PricePreview, PricePreviewRequest, PromotionCheckAnswer } from '../api/types'
import { makeI18n } from '../i18n'
import PromotionCheck from './PromotionCheck.vue'

const cents = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const SKU = { sku_id: 's', product_id: 'p', title: 'Longjing', choice_name: '250 g' }
const ANSWER: PromotionCheckAnswer = {
  name: 'Winter offer',
  findings: [
    { code: 'started', severity: 'notes', message: 'It counts at once', goods: [], promotions: [] },
    { code: 'empty_scope', severity: 'blocks', message: 'It covers no goods', goods: [SKU], promotions: [] },
  ],
  simulation: {
    days: 30, orders_found: 3, orders_sampled: 2, orders_touched: 1, revenue_before: cents(40_000), revenue_after: cents(37_000), discount: cents(3_000), average_discount: cents(3_000),
    by_funder: [{ funder: 'merchant', amount: cents(3_000) }], breakeven_basis_points: 811, orders_with_costs: 2, orders_below_cost: 1, is_upper_bound: false, products: [],
  },
  skus_covered: 9,
  skus_checked: 1,
  goods: [{ ...SKU, price: cents(10_000), lowest: cents(9_500), cost: null, worst: cents(9_000) }],
} // prettier-ignore
const RULE = { rule_id: 'r', name: 'Spend and save', status: 'draft' as const }
const PRICE: PricePreview = {
  at: '2026-11-24T02:00:00Z',
  lines: [{ ...SKU, quantity: 2, unit_price: cents(10_000), amount: cents(20_000), discount: cents(3_000), payable: cents(17_000) }],
  goods_amount: cents(20_000),
  discount_amount: cents(3_000),
  total: cents(17_000),
  applied: [{ rule: RULE, amount: cents(3_000) }],
  passed: [{ rule: { rule_id: 'n', name: 'Newcomers', status: null }, reason: 'other_buyers', missing: 0 }],
  nexts: [{ rule: RULE, measure: 'amount', missing: 10_000, off: { amount_minor: 6_000, basis_points: 0, cap_minor: null } }],
  trace: [{ step: 'total', rule_id: 'total', rule_version: 1, amount: cents(17_000), merchant_id: null, sku_id: null, funders: [], not_applied: [] }],
  rules: [RULE],
}

/** The page of a check, with what it asked for. */
async function open() {
  const asked: PricePreviewRequest[] = []
  const merchant = { checkPromotion: () => Promise.resolve(ANSWER), previewPrice: (request: PricePreviewRequest) => (asked.push(request), Promise.resolve(PRICE)) } as unknown as Merchant
  const Page = { render: () => h('p') }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', name: 'home', component: Page }, { path: '/products/:id', name: 'product', component: Page }] })
  await router.push('/')
  const app = createApp({ render: () => h(PromotionCheck, { request: { promotion_id: 'x', wish: null }, back: 'home' }) })
  app.provide(MERCHANT, merchant)
  app.use(router)
  app.use(makeI18n('en'))
  const host = document.createElement('div')
  app.mount(host)
  await settled()
  return { host, asked, close: () => app.unmount() }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) {
    await Promise.resolve()
    await nextTick()
  }
}

test('what blocks stands first, with the goods it is about and the figures below', async () => {
  const { host, close } = await open()
  const text = host.textContent ?? ''
  expect(text.indexOf('It covers no goods')).toBeLessThan(text.indexOf('It counts at once'))
  expect(host.querySelector('a[href="/products/p"]')?.textContent).toContain('Longjing')
  for (const words of ['Winter offer', '50%', '+8.1%', '1 of 2', '1 of the 9 variants']) expect(text).toContain(words)
  close()
})

test('a price is asked for as it was chosen and told with its reasons', async () => {
  const { host, asked, close } = await open()
  host.querySelector('form')?.dispatchEvent(new Event('submit'))
  await settled()
  expect(asked).toEqual([{ lines: [{ sku_id: 's', quantity: 2 }], buyer: { level: '', segments: [], is_new: false, channel: 'web' }, at: null, wish: null }])
  const text = host.textContent ?? ''
  for (const words of ['Spend and save', 'draft', 'it is for other buyers', '100.00 more', '60.00 off', 'total ¥170.00']) expect(text).toContain(words)
  close()
})
