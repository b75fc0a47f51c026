import { expect, test } from 'vitest'
import { counted, waitingIn } from './todo'

test('only what one may know is shown, and each leads to its list', () => {
  const found = waitingIn({ to_ship: 3, low_stock: null, rejected_listings: null, statements_to_confirm: 0, reviews_to_answer: null })
  expect(found.map((one) => [one.key, one.count])).toEqual([['to_ship', 3], ['statements_to_confirm', 0]])
  expect(found[0]?.to).toEqual({ name: 'orders', query: { status: 'to_ship' } })
})

test('a capped count says so', () => {
  expect([counted(0), counted(999), counted(1000)]).toEqual(['0', '999', '999+'])
})
