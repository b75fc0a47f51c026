import { expect, test } from 'vitest'
import type { OrderLine } from '../api/types'
import { allPieces, unrefunded, unsent, wishes } from './pieces'

const line = (id: string, quantity: number, shipped: number, refunded: number) =>
  ({ id, quantity, shipped_quantity: shipped, refunded_quantity: refunded }) as OrderLine

test('what was refunded before it was sent is not sent any more', () => {
  expect(unsent(line('a', 5, 2, 0))).toBe(3)
  expect(unsent(line('a', 5, 2, 1))).toBe(2)
  expect(unsent(line('a', 5, 5, 2))).toBe(0)
})

test('codes and services travel in no parcel', () => {
  expect(unsent({ ...line('a', 2, 0, 0), kind: 'service' })).toBe(0)
  expect(unsent({ ...line('a', 2, 0, 0), kind: 'physical' })).toBe(2)
})

test('a piece is refunded once', () => {
  expect(unrefunded(line('a', 5, 5, 2))).toBe(3)
})

test('lines without a chosen piece are left out', () => {
  const chosen = allPieces([line('a', 2, 0, 0), line('b', 1, 1, 0)], unsent)
  expect(wishes(chosen)).toEqual([{ order_line_id: 'a', quantity: 2 }])
})
