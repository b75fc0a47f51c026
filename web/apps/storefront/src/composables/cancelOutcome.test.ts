import { ShopProblem } from '@jishi/api'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { SHOP } from '../api/shop'
import CancelOutcome from '../components/CancelOutcome.vue'
import { makeI18n } from '../i18n'
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
  expect(rows[1]).toContain(zh.orders.backFreight)
  expect(rows[2]).toContain('248')
})

test('freight of nothing is left out', async () => {
  const page = await shown(() => Promise.resolve({ order_id: 'o', goods: money(100), freight: money(0), amount: money(100), discounts: [] }))
  expect(page.findAll('dl > div')).toHaveLength(2)
})

test('a refusal is told in the shop’s words', async () => {
  const page = await shown(() => Promise.reject(new ShopProblem({ status: 409, code: 'nothing_to_refund', detail: '已经没有可退的款项' })))
  expect(page.get('[role=status]').text()).toBe('已经没有可退的款项')
})
