import { expect, test } from 'vitest'
import { emptyProduct, missingIn } from './product'
import { codesIn, digitsOf, isVoucher } from './vouchers'

test('codes are one per line, each once', () => {
  expect(codesIn(' A-1\r\n\nB-2\nA-1 \n')).toEqual(['A-1', 'B-2'])
})

test('a voucher is twelve digits, however they are grouped', () => {
  expect(['123456789012', '1234 5678 9012', '1234-5678-9012'].map(isVoucher)).toEqual([true, true, true])
  expect(['12345678901', 'abcd56789012', ''].map(isVoucher)).toEqual([false, false, false])
  expect(digitsOf('1234 5678-9012')).toBe('123456789012')
})

test('a service says for how many days its vouchers are good', () => {
  const wish = { ...emptyProduct(), title: { zh: '洗车', en: '' }, category_id: 'c1', kind: 'service' as const }
  expect(missingIn(wish)).toBe('needDays')
  expect(missingIn({ ...wish, voucher_days: 30 })).not.toBe('needDays')
})
