import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import type { MerchantOrder } from '../api/types'
import { useSlips } from './useSlips'

const order = (id: string) => ({ id }) as MerchantOrder

test('slips come in the order they were asked for; what cannot be read is named', async () => {
  const slips = useSlips(['a', 'b', 'c'], (id) => (id === 'b' ? Promise.reject(new Error('gone')) : Promise.resolve(order(id))))
  await flushPromises()
  expect(slips.orders.value?.map((one) => one.id)).toEqual(['a', 'c'])
  expect(slips.missing.value).toEqual(['b'])
  expect(slips.problem.value).toBeUndefined()
})

test('when none can be read the reason is shown', async () => {
  const slips = useSlips(['a'], () => Promise.reject(new Error('away')))
  await flushPromises()
  expect(slips.orders.value).toBeUndefined()
  expect(slips.problem.value).toBeInstanceOf(Error)
})
