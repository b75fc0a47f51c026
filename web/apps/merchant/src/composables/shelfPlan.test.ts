import { expect, test } from 'vitest'
import { instantOf, shopTime } from './shelfPlan'

test('times are those of China, whatever the browser’s', () => {
  expect(shopTime('2026-11-30T16:30:00+00:00')).toBe('2026-12-01 00:30')
  expect(instantOf('2026-12-01 00:30')).toBe('2026-12-01T00:30:00+08:00')
  expect(new Date(instantOf(shopTime('2026-11-30T16:30:00Z')) ?? '').toISOString()).toBe('2026-11-30T16:30:00.000Z')
  expect([shopTime(null), instantOf(''), instantOf(undefined)]).toEqual([undefined, null, null])
})
