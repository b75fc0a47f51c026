import { expect, test } from 'vitest'
import { period } from './statement'

test('the day after the last one is not part of the period', () => {
  expect(period({ from_date: '2026-02-23', to_date: '2026-03-02' })).toBe('2026-02-23 – 2026-03-01')
  expect(period({ from_date: '2026-02-28', to_date: '2026-03-01' })).toBe('2026-02-28')
})
