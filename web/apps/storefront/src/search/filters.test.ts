import { expect, test } from 'vitest'
import { apiQuery, cleared, filterCount, filtersOf, priceRange, queryOf, toggled, without, withPriceRange, withRange } from './filters'

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
    any: '',
    none: '',
    phrase: '',
    in_title: false,
    days: undefined,
    ranges: {},
  })
  expect(queryOf(filters)).toEqual({ q: '茶壶', sort: 'price_up', stock: '1', from: '1000', to: '5000', f: ['brand:b1', 'colour:red', 'colour:blue'] })
})

test('nonsense in an address is left out', () => {
  expect(queryOf(filtersOf({ sort: 'evil', stock: 'yes', from: '-1', to: '1e9', f: ['x', ':y', 'z:', 'rating:9', 'delivery:drone', 'ships_from:310101'], days: '0', title: 'yes', range: ['volume', 'volume:~', 'v:x~1'] }))).toEqual({})
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

const advanced = { any: '铁 铜', none: '电', phrase: '手冲壶', title: '1', days: '30', range: ['volume:1~2.5', 'power:~900'], f: ['rating:450', 'ships_from:310000', 'delivery:express'] }

test('advanced search lives in the address, too', () => {
  const filters = filtersOf(advanced)
  expect(queryOf(filters)).toEqual(advanced)
  expect(filterCount(filters)).toBe(10)
  expect(apiQuery(filters)).toEqual({
    q: '',
    sort: 'relevance',
    rating_from_hundredths: 450,
    ships_from: ['310000'],
    delivery: ['express'],
    any_words: '铁 铜',
    none_words: '电',
    phrase: '手冲壶',
    in_title: true,
    published_days: 30,
    range: ['volume:1~2.5', 'power:~900'],
  })
})

test('a better rating replaces the one before', () => {
  expect(toggled(filtersOf(advanced), 'rating', '400').chosen.rating).toEqual(['400'])
})

test.each([
  ['any_words', 'any'],
  ['none_words', 'none'],
  ['phrase', 'phrase'],
  ['in_title', 'title'],
  ['published', 'days'],
])('leaving out %s leaves %s out of the address', (code, name) => {
  const kept = Object.fromEntries(Object.entries(advanced).filter(([other]) => other !== name))
  expect(queryOf(without(filtersOf(advanced), code))).toEqual(kept)
})

test('leaving out a facet, a range, the price, or everything', () => {
  const filters = filtersOf({ ...advanced, q: '壶', from: '100', stock: '1' })
  expect(without(filters, 'rating').chosen).toEqual({ ships_from: ['310000'], delivery: ['express'] })
  expect(without(filters, 'volume').ranges).toEqual({ power: '~900' })
  expect(without(filters, 'price').price_from_minor).toBeUndefined()
  expect(without(filters, 'in_stock').in_stock).toBe(false)
  expect(queryOf(without(filters, ''))).toEqual({ q: '壶' })
})

test('a range is set, changed and taken away', () => {
  const set = withRange(filtersOf({}), 'volume', '1', '')
  expect(set.ranges).toEqual({ volume: '1~' })
  expect(withRange(set, 'volume', '1', '2').ranges).toEqual({ volume: '1~2' })
  expect(withRange(set, 'volume', '', '').ranges).toEqual({})
})
