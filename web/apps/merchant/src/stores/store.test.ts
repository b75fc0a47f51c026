import { ShopProblem } from '@jishi/api'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test } from 'vitest'
import type { MerchantProfile } from '../api/types'
import { signInAddress, useStore } from './store'

beforeEach(() => {
  setActivePinia(createPinia())
})

const refusing = (code: string, status: number) => () => Promise.reject(new ShopProblem({ code, status }))

test('the profile is read once', async () => {
  const store = useStore()
  let reads = 0
  const read = () => {
    reads += 1
    return Promise.resolve({ id: 'm' } as MerchantProfile)
  }
  expect(await store.enter(read)).toBe('open')
  expect(await store.enter(read)).toBe('open')
  expect(reads).toBe(1)
})

test('a visitor is sent to sign in, a buyer is told that he has no store', async () => {
  expect(await useStore().enter(refusing('sign_in_needed', 401))).toBe('sign-in')
  expect(await useStore().enter(refusing('not_allowed', 403))).toBe('no-store')
})

test('a broken shop is not taken for a closed door', async () => {
  await expect(useStore().enter(refusing('unforeseen', 500))).rejects.toMatchObject({ code: 'unforeseen' })
})

test('sign-in leads back to where one was', () => {
  expect(signInAddress('/orders?status=awaiting_shipment')).toBe('/sign-in?next=%2Fmerchant%2Forders%3Fstatus%3Dawaiting_shipment')
})
