import { expect, test } from 'vitest'
import { nextSort } from './columns'

test('a heading asks for its first order, then for the opposite, then again', () => {
  const sorts = ['newest', 'oldest'] as const
  expect(nextSort(sorts, 'price_up')).toBe('newest')
  expect(nextSort(sorts, 'newest')).toBe('oldest')
  expect(nextSort(sorts, 'oldest')).toBe('newest')
})
