import type { BuyerCoupon, CouponOffer } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { expect, test } from 'vitest'
import { useClaims } from './useClaims'

const offer = { id: 'o1', state: 'open' } as CouponOffer

function claims(answers: (() => Promise<BuyerCoupon>)[]) {
  const keys: string[] = []
  const said: string[] = []
  let made = 0
  const shop = {
    claimCoupon: (_: string, key: string) => {
      keys.push(key)
      return answers.shift()!()
    },
  }
  const flow = useClaims({ shop, newKey: () => `key${(made += 1)}`, signIn: () => said.push('sign in'), said: () => said.push('claimed'), failed: () => said.push('failed') })
  return { keys, said, ...flow }
}

const refuse = (code: string, status = 409) => () => Promise.reject(new ShopProblem({ code, status }))
const give = () => Promise.resolve({ id: 'c1' } as BuyerCoupon)

test('a claimed coupon is claimed, pressing again after no answer asks for the same one', async () => {
  const flow = claims([refuse('offline', 0), give])
  await flow.claim(offer)
  expect(flow.stateOf(offer)).toBe('open')
  await flow.claim(offer)
  expect([flow.keys, flow.said, flow.stateOf(offer)]).toEqual([['key1', 'key1'], ['failed', 'claimed'], 'claimed'])
})

test('two presses at once ask once', async () => {
  const flow = claims([give])
  await Promise.all([flow.claim(offer), flow.claim(offer)])
  expect(flow.keys).toEqual(['key1'])
})

test('what is gone is gone, who had his has his, and a visitor signs in', async () => {
  const flow = claims([refuse('coupons_gone'), refuse('coupon_limit_reached'), refuse('sign_in_needed', 401)])
  await flow.claim(offer)
  expect(flow.stateOf(offer)).toBe('gone')
  await flow.claim(offer)
  expect(flow.stateOf(offer)).toBe('claimed')
  await flow.claim({ ...offer, id: 'o2' })
  expect(flow.said).toEqual(['failed', 'failed', 'sign in'])
})
