import { expect, test } from 'vitest'
import type { ProductRow } from '../api/types'
import { nextMove, openTo } from './listing'

const product = (status: ProductRow['status']) => ({ id: status, status }) as ProductRow

test('only what is off the shelf is put on it, only what is on it taken off', () => {
  const all = (['live', 'off_shelf', 'draft', 'in_review', 'banned'] as const).map(product)
  expect(openTo('put-on-shelf', all).map((one) => one.id)).toEqual(['off_shelf'])
  expect(openTo('take-off-shelf', all).map((one) => one.id)).toEqual(['live'])
})

test('what the platform holds cannot be moved', () => {
  expect(nextMove(product('in_review'))).toBeUndefined()
  expect(nextMove(product('banned'))).toBeUndefined()
})
