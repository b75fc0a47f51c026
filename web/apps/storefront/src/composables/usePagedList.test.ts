import { expect, test } from 'vitest'
import { identified } from './usePagedList'

test('items are told apart by what they are about, and the way on stays', () => {
  const page = identified({ items: [{ product_id: 'a' }, { product_id: 'b' }], next_cursor: 'c' }, ({ product_id }) => product_id)
  expect(page).toEqual({ items: [{ product_id: 'a', id: 'a' }, { product_id: 'b', id: 'b' }], next_cursor: 'c' })
})
