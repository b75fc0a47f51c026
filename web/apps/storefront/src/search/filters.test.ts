import { expect, test } from 'vitest'
import { apiQuery, cleared, filterCount, filtersOf, priceRange, queryOf, toggled, withPriceRange } from './filters'

const query = { q: ' 茶壶 ', sort: 'price_up', stock: '1', from: '1000', to: '5000', f: ['brand:b1', 'colour:red', 'colour:blue', 'colour:red'] }

test('an address is read and written back the same', () => {
  const filters = filtersOf(query)
  expect(filters).toEqual({
    words: '茶壶',
    sort: 'price_up',
    in_stock: true,
    price_from_minor: 1000,
    price_to_minor: 5000,
    chosen: { brand: ['b1'], colour: ['red', 'blue'] },
  })
  expect(queryOf(filters)).toEqual({ q: '茶壶', sort: 'price_up', stock: '1', from: '1000', to: '5000', f: ['brand:b1', 'colour:red', 'colour:blue'] })
})

test('nonsense in an address is left out', () => {
  expect(queryOf(filtersOf({ sort: 'evil', stock: 'yes', from: '-1', to: '1e9', f: ['x', ':y', 'z:'] }))).toEqual({})
})

test('a value may hold a colon', () => {
  expect(filtersOf({ f: 'ratio:16:9' }).chosen).toEqual({ ratio: ['16:9'] })
})

test('facet values go on and off', () => {
  const on = toggled(filtersOf({}), 'brand', 'b1')
  expect(on.chosen).toEqual({ brand: ['b1'] })
  expect(toggled(on, 'brand', 'b1').chosen).toEqual({})
})

test('a category is one at a time', () => {
  const first = toggled(filtersOf({}), 'category', 'c1')
  expect(toggled(first, 'category', 'c2').chosen).toEqual({ category: ['c2'] })
  expect(toggled(first, 'category', 'c1').chosen).toEqual({})
})

test('a price range of the facet goes on and off', () => {
  const cheap = withPriceRange(filtersOf({}), '0-4999')
  expect(queryOf(cheap)).toEqual({ to: '4999' })
  expect(priceRange(cheap)).toBe('0-4999')
  expect(queryOf(withPriceRange(cheap, '1000000-'))).toEqual({ from: '1000000' })
  expect(queryOf(withPriceRange(cheap, '0-4999'))).toEqual({})
})

test('clearing keeps the words and the order', () => {
  expect(queryOf(cleared(filtersOf(query)))).toEqual({ q: '茶壶', sort: 'price_up' })
  expect(filterCount(filtersOf(query))).toBe(5)
  expect(filterCount(filtersOf({ q: 'x' }))).toBe(0)
})

test('the API is asked with names for its own facets and pairs for attributes', () => {
  expect(apiQuery(filtersOf(query), { category_id: 'c1' }, 'next')).toEqual({
    q: '茶壶',
    sort: 'price_up',
    in_stock: true,
    price_from_minor: 1000,
    price_to_minor: 5000,
    brand_id: ['b1'],
    attribute: ['colour:red', 'colour:blue'],
    category_id: 'c1',
    cursor: 'next',
  })
})
