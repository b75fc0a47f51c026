import type { Offer } from '@jishi/api'
import { expect, test } from 'vitest'
import { listedOffers } from './offers'

const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })

function offer(id: string, skus: { choice: Record<string, string>; price: number; has?: boolean }[]): Offer {
  return {
    product_id: id,
    merchant: { id: `m-${id}`, name: id, logo: null },
    price: cny(Math.min(...skus.map((sku) => sku.price))),
    in_stock: true,
    freight: cny(0),
    days_min: 2,
    days_max: 4,
    rating: null,
    skus: skus.map((sku, at) => ({ id: `${id}-${at}`, choice: sku.choice, price: cny(sku.price), in_stock: sku.has ?? true })),
  }
}

const red = { colour: 'red', size: 'l' }
const blue = { colour: 'blue', size: 'l' }

test('who has the chosen combination stands first, with its price and its address', () => {
  const found = listedOffers([offer('a', [{ choice: blue, price: 80 }]), offer('b', [{ choice: blue, price: 70 }, { choice: red, price: 90 }])], red)
  expect(found.map((one) => [one.offer.product_id, one.price.amount_minor])).toEqual([['b', 90], ['a', 80]])
  expect(found[0]?.address).toEqual({ path: '/p/b', query: { sku: 'b-1' } })
  expect(found[1]?.sku).toBeUndefined()
  expect(found[1]?.address).toEqual({ path: '/p/a', query: {} })
})

test('sold out stands behind what can be had, and otherwise the order stays', () => {
  const offers = [offer('a', [{ choice: red, price: 70, has: false }]), offer('b', [{ choice: red, price: 90 }]), offer('c', [{ choice: red, price: 80 }])]
  expect(listedOffers(offers, red).map((one) => one.offer.product_id)).toEqual(['b', 'c', 'a'])
})

test('another set of axes is another combination, and none matches none', () => {
  const [one] = listedOffers([offer('a', [{ choice: { colour: 'red' }, price: 70 }])], red)
  expect(one?.sku).toBeUndefined()
  expect(listedOffers([offer('a', [{ choice: {}, price: 70 }])], {})[0]?.sku?.id).toBe('a-0')
})
