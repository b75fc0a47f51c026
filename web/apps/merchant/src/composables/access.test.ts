import { expect, test } from 'vitest'
import { mayDo, mayOpen } from './access'

test('everybody sees the pages of his job', () => {
  expect(mayOpen('warehouse', 'stock')).toBe(true)
  expect(mayOpen('warehouse', 'statements')).toBe(false)
  expect(mayOpen('finance', 'statements')).toBe(true)
  expect(mayOpen('finance', 'products')).toBe(false)
  expect(mayOpen('service', 'reviews')).toBe(true)
  expect(mayOpen('warehouse', 'reviews')).toBe(false)
  expect(mayOpen('cashier', 'home')).toBe(true)
})

test('the owner sees and does everything, somebody unknown nothing', () => {
  expect(mayOpen('owner', 'staff')).toBe(true)
  expect(mayDo('owner', 'write')).toBe(true)
  expect(mayOpen(undefined, 'staff')).toBe(false)
  expect(mayDo(null, 'ship')).toBe(false)
})

test('goods are sent by the warehouse, money by the desk', () => {
  expect(mayDo('warehouse', 'ship')).toBe(true)
  expect(mayDo('warehouse', 'refund')).toBe(false)
  expect(mayDo('finance', 'refund')).toBe(true)
})
