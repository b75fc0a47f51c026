import { expect, test } from 'vitest'
import { emptyProduct, missingIn } from './product'

test('what is missing is named one at a time, in the order of the form', () => {
  const wish = emptyProduct()
  expect(missingIn(wish)).toBe('needTitle')
  wish.title.zh = '茶壶'
  expect(missingIn(wish)).toBe('needCategory')
  wish.category_id = 'c'
  expect(missingIn(wish)).toBe('wrongPrice')
  wish.skus[0]!.price_minor = 9900
  expect(missingIn(wish)).toBeUndefined()
})
