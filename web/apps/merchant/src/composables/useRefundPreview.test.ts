import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { shallowRef } from 'vue'
import type { RefundPreview, RefundWish } from '../api/types'
import { sidesOf, useRefundPreview } from './useRefundPreview'

const money = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const wishOf = (quantity: number): RefundWish => ({ lines: [{ order_line_id: 'a', quantity }], amount: null, freight: false, reason: '' })
const answer = (amount: number): RefundPreview => ({ order_id: 'o', lines: [], freight: money(0), amount: money(amount), discounts: [] })

test('the last wish is shown, whichever answer comes first', async () => {
  const wish = shallowRef<RefundWish>()
  const waiting: ((found: RefundPreview) => void)[] = []
  const { preview } = useRefundPreview(
    () => wish.value,
    () => new Promise((resolve) => waiting.push(resolve)),
  )
  wish.value = wishOf(1)
  await flushPromises()
  wish.value = wishOf(2)
  await flushPromises()
  waiting[1]!(answer(200))
  waiting[0]!(answer(100))
  await flushPromises()
  expect(preview.value?.amount.amount_minor).toBe(200)

  wish.value = undefined
  await flushPromises()
  expect(preview.value).toBeUndefined()
})

test('a refusal is told and no old figure stays', async () => {
  const wish = shallowRef<RefundWish | undefined>(undefined)
  const { preview, problem } = useRefundPreview(
    () => wish.value,
    (asked) => (asked.lines?.[0]?.quantity === 1 ? Promise.resolve(answer(100)) : Promise.reject(new Error('too much'))),
  )
  wish.value = wishOf(1)
  await flushPromises()
  expect(preview.value?.amount.amount_minor).toBe(100)
  wish.value = wishOf(2)
  await flushPromises()
  expect(preview.value).toBeUndefined()
  expect(problem.value).toBeInstanceOf(Error)
})

test('each side of the goods is added up', () => {
  const line = { order_line_id: 'a', quantity: 1, payable: money(80), platform_discount: money(12), points_discount: money(0), commission: money(4), merchant_discount: money(8), is_claw_back: false }
  expect(sidesOf({ ...answer(80), lines: [line, { ...line, order_line_id: 'b', quantity: 0, payable: money(0) }] })).toEqual({ platform: 24, merchant: 16, commission: 8 })
})
