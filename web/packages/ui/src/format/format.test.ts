import { expect, test } from 'vitest'
import { formatCountdown, formatInstant } from './dates'
import { addMoney, formatMoney, moneyParts, parseAmountMinor, timesMoney } from './money'
import { formatCount } from './numbers'

const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })

test('a price is cut into symbol, yuan and fen', () => {
  expect(moneyParts(cny(123_405), 'zh')).toEqual({ sign: '', symbol: '¥', whole: '1,234', cents: '.05' })
})

test.each([
  [0, '¥0.00'],
  [5, '¥0.05'],
  [-300, '-¥3.00'],
  [99_999_999_999, '¥999,999,999.99'],
])('%i fen read as %s', (amount, text) => {
  expect(formatMoney(cny(amount), 'zh')).toBe(text)
})

test('a currency without cents shows none', () => {
  expect(formatMoney({ amount_minor: 1250, currency: 'JPY' }, 'en')).toBe('¥1,250')
  expect(formatMoney({ amount_minor: 1250, currency: 'JPY' }, 'zh')).toBe('JP¥1,250')
})

test('adding mixed currencies is refused, not guessed', () => {
  expect(addMoney([cny(1), cny(2)], 'CNY')).toEqual(cny(3))
  expect(() => addMoney([cny(1), { amount_minor: 1, currency: 'USD' }], 'CNY')).toThrow(RangeError)
  expect(timesMoney(cny(333), 3)).toEqual(cny(999))
})

test.each([
  ['12', 1200],
  ['12.5', 1250],
  ['¥1,234.50', 123_450],
  ['0.07', 7],
  ['12.345', undefined],
  ['abc', undefined],
  ['-1', undefined],
  ['', undefined],
])('typed amount %s is %s fen', (text, amount) => {
  expect(parseAmountMinor(text)).toBe(amount)
})

test('instants are shown in the shop time zone in both languages', () => {
  expect(formatInstant('2026-11-23T16:05:00Z', 'zh')).toBe('2026/11/24 00:05')
  expect(formatInstant('2026-11-23T16:05:00Z', 'en')).toContain('24/11/2026')
  expect(formatInstant('no date', 'zh')).toBe('')
  expect(formatInstant(null, 'zh')).toBe('')
})

test('a countdown never runs below zero', () => {
  expect(formatCountdown(61_000)).toBe('01:01')
  expect(formatCountdown(3_600_000 + 5_000)).toBe('1:00:05')
  expect(formatCountdown(-1)).toBe('00:00')
})

test('large counts are shortened by language', () => {
  expect(formatCount(9_999, 'zh')).toBe('9,999')
  expect(formatCount(12_345, 'zh')).toBe('1.2万')
  expect(formatCount(12_345, 'en')).toBe('12.3K')
  expect(formatCount(19_999, 'zh')).toBe('1.9万')
  expect(formatCount(20_000, 'en')).toBe('20K')
  expect(formatCount(1_250_000, 'en')).toBe('1.2M')
  expect(formatCount(345_678_901, 'zh')).toBe('3.4亿')
})
