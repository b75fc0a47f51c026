import { expect, test } from 'vitest'
import type { SaleAxisWish, SkuWish } from '../api/types'
import { choiceName, combinations, gridOf, valuesFrom } from './variants'

const axis = (code: string, ...values: string[]): SaleAxisWish => ({
  code,
  name: { zh: code, en: code },
  values: values.map((value) => ({ code: value, name: { zh: value, en: value }, media_id: null })),
})

test('the grid has every combination once', () => {
  expect(combinations([axis('colour', 'red', 'blue'), axis('size', 's', 'm', 'l')])).toHaveLength(6)
  expect(combinations([])).toEqual([{}])
})

test('a new value adds rows and keeps the prices that were typed', () => {
  const before = gridOf([axis('colour', 'red')], []).map((sku): SkuWish => ({ ...sku, price_minor: 990 }))
  const after = gridOf([axis('colour', 'red', 'blue')], before)
  expect(after.map((sku) => sku.price_minor)).toEqual([990, 0])
})

test('a choice keeps its code when others come and go', () => {
  const first = valuesFrom('红,蓝', [])
  const second = valuesFrom('绿、红', first)
  expect(second.map((value) => value.name.zh)).toEqual(['绿', '红'])
  expect(second[1]!.code).toBe(first[0]!.code)
  expect(new Set(second.map((value) => value.code)).size).toBe(2)
})

test('a repeated or empty choice is no choice', () => {
  expect(valuesFrom('红,,红 , ', [])).toHaveLength(1)
})

test('a combination is named in the asked language', () => {
  expect(choiceName([axis('colour', 'red'), axis('size', 'm')], { colour: 'red', size: 'm' }, 'en')).toBe('red / m')
})
