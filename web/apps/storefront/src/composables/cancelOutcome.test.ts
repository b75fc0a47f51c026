import { ShopProblem } from '@jishi/api'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { SHOP } from '../api/shop'
import CancelOutcome from '../components/CancelOutcome.vue'
import { makeI18n } from '../i18n'
import { COUPON_WORDS } from '../i18n/coupons'
import zh from '../i18n/zh'

const money = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })

async function shown(cancellation: () => Promise<unknown>) {
  const page = mount(CancelOutcome, { props: { orderId: 'o' }, global: { plugins: [makeI18n('zh', zh)], provide: { [SHOP as symbol]: { cancellation } } } })
  await flushPromises()
  return page
}

test('goods, freight and the sum of both are told before the buyer says yes', async () => {
  const page = await shown(() => Promise.resolve({ order_id: 'o', goods: money(24_000), freight: money(800), amount: money(24_800), discounts: [] }))
  const rows = page.findAll('dl > div').map((row) => row.text().replaceAll(/\s/g, ''))
  expect(rows).toHaveLength(3)
  expect(rows[1]).toContain(COUPON_WORDS.zh.backFreight)
  expect(rows[2]).toContain('248')
})

test('what becomes of coupons and discounts is told, and that other orders are left alone', async () => {
  const one = (name: string, clawed: number, back: boolean | null) => ({ rule_id: name, name, amount: money(500), clawed_back: money(clawed), is_coupon_returned: back })
  const page = await shown(() => Promise.resolve({ order_id: 'o', goods: money(100), freight: money(0), amount: money(100), discounts: [one('新人券', 0, true), one('旧券', 0, false), one('满减', 300, null)] }))
  const told = page.findAll('[data-testid=cancel-discounts] li').map((row) => row.text())
  expect(told[0]).toContain(COUPON_WORDS.zh.comesBack)
  expect(told[1]).toContain(COUPON_WORDS.zh.isSpent)
  expect(told[2]).toContain('3')
  expect(page.text()).toContain(COUPON_WORDS.zh.ownShare)
})

test('freight of nothing is left out', async () => {
  const page = await shown(() => Promise.resolve({ order_id: 'o', goods: money(100), freight: money(0), amount: money(100), discounts: [] }))
  expect(page.findAll('dl > div')).toHaveLength(2)
})

test('a refusal is told in the shop’s words', async () => {
  const page = await shown(() => Promise.reject(new ShopProblem({ status: 409, code: 'nothing_to_refund', detail: '已经没有可退的款项' })))
  expect(page.get('[role=status]').text()).toBe('已经没有可退的款项')
})
