import { expect, test } from 'vitest'
import { birthdayFrom, birthdayOf, daysOf, MONTHS } from './birthday'

test('months have their days, and February the 29th', () => {
  expect(MONTHS.map((month) => daysOf(month).length)).toEqual([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
  expect(daysOf('')).toHaveLength(31)
})

test('a birthday is both choices or none', () => {
  expect(birthdayFrom('02', '29')).toBe('02-29')
  expect([birthdayFrom('', '29'), birthdayFrom('02', ''), birthdayFrom('02', '30')]).toEqual(['', '', ''])
  expect(birthdayOf('11-05')).toEqual({ month: '11', day: '05' })
  expect(birthdayOf(null)).toEqual({ month: '', day: '' })
})
