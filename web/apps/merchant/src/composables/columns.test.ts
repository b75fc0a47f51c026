import { expect, test } from 'vitest'
import { nextSort, sortChoices } from './columns'

test('a heading asks for its first order, then for the opposite, then again', () => {
  const sorts = ['newest', 'oldest'] as const
  expect(nextSort(sorts, 'price_up')).toBe('newest')
  expect(nextSort(sorts, 'newest')).toBe('oldest')
  expect(nextSort(sorts, 'oldest')).toBe('newest')
})

test('a list offers every order of its headings', () => {
  const columns = [
    { key: 'at', label: 'When', sorts: ['newest', 'oldest'] as const },
    { key: 'who', label: 'Who' },
    { key: 'amount', label: 'Amount', sorts: ['amount_down', 'amount_up'] as const },
  ]
  expect(sortChoices(columns).map((one) => `${one.column.label} ${one.value}`)).toEqual(['When newest', 'When oldest', 'Amount amount_down', 'Amount amount_up'])
})
