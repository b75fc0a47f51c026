import type { HotWord, SearchSort } from '@jishi/api'
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { SearchQuery } from '../api/shop'

/** What a buyer narrowed a list down to; it lives in the address, so that links and the back button keep it. */
export interface Filters {
  words: string
  sort: SearchSort
  in_stock: boolean
  price_from_minor: number | undefined
  price_to_minor: number | undefined
  /** Facet code → chosen values, in the order of choosing. */
  chosen: Record<string, string[]>
  /** Of advanced search: one of these words is enough. */
  any: string
  /** None of these words may be there. */
  none: string
  /** Stands in the title as written. */
  phrase: string
  /** The words are looked for in titles only. */
  in_title: boolean
  /** Came on sale within so many days. */
  days: number | undefined
  /** Code of a number attribute → its range, `from~to`, one side of which may be empty. */
  ranges: Record<string, string>
}

export const SORTS: readonly SearchSort[] = ['relevance', 'sales', 'newest', 'rating', 'price_up', 'price_down']

/** Days since which goods are on sale, and hundredths of a star, that can be chosen. */
export const DAY_CHOICES = [7, 30, 90] as const
export const STAR_CHOICES = ['450', '400', '300'] as const

/** Facets that the API takes by names of their own; all others are attributes. */
const NAMED_FACETS = new Set(['category', 'merchant', 'store_category', 'brand', 'rating', 'ships_from', 'delivery'])
const DAYS_MAX = 365
/** What the API takes for its own facets. */
const VALUES: Partial<Record<string, RegExp>> = { rating: /^(?:[1-4]\d\d|500)$/, ships_from: /^\d{2}0000$/, delivery: /^(?:standard|express|same_city)$/ }
const RANGE = /^([a-z0-9_-]{1,40}):((?:\d{1,9}(?:\.\d{1,4})?)?~(?:\d{1,9}(?:\.\d{1,4})?)?)$/

function one(value: LocationQuery[string] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? ''
}

function all(value: LocationQuery[string] | undefined): string[] {
  const values = Array.isArray(value) ? value : [value]
  return values.filter((text): text is string => Boolean(text))
}

function amount(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

/** Facets of which the API takes one value at a time: choosing another replaces the first. */
const SINGLE_FACETS = new Set(['category', 'merchant', 'store_category', 'rating'])

function days(text: string): number | undefined {
  const found = amount(text)
  return found && found <= DAYS_MAX ? found : undefined
}

function ranges(texts: string[]): Record<string, string> {
  const found = texts.map((text) => RANGE.exec(text)).filter((match) => match !== null)
  return Object.fromEntries(found.filter((match) => match[2] !== '~').map((match) => [match[1], match[2]]))
}

const line = (text: string) => text.split(/\s+/).filter(Boolean).join(' ')

/**
 * Read the filters of an address: `?q=茶&sort=sales&stock=1&from=1000&to=5000&f=brand:x&f=colour:red`, and of advanced
 * search `any=`, `none=`, `phrase=`, `title=1`, `days=30`, `range=power:10~20`.
 */
export function filtersOf(query: LocationQuery): Filters {
  const chosen: Record<string, string[]> = {}
  for (const text of all(query.f)) {
    const [code, ...rest] = text.split(':')
    const value = rest.join(':')
    if (!code || !value || !(VALUES[code]?.test(value) ?? true)) continue
    const values = (chosen[code] ??= [])
    if (!values.includes(value)) values.push(value)
  }
  return {
    words: line(one(query.q)),
    sort: SORTS.find((sort) => sort === one(query.sort)) ?? 'relevance',
    in_stock: one(query.stock) === '1',
    price_from_minor: amount(one(query.from)),
    price_to_minor: amount(one(query.to)),
    chosen,
    any: line(one(query.any)),
    none: line(one(query.none)),
    phrase: line(one(query.phrase)),
    in_title: one(query.title) === '1',
    days: days(one(query.days)),
    ranges: ranges(all(query.range)),
  }
}

const pairsOf = (ranges: Record<string, string>) => Object.entries(ranges).map(([code, bounds]) => `${code}:${bounds}`)

/** Write the filters into an address, leaving out what is not set. */
export function queryOf(filters: Filters): LocationQueryRaw {
  const query: LocationQueryRaw = {}
  if (filters.words) query.q = filters.words
  if (filters.sort !== 'relevance') query.sort = filters.sort
  if (filters.in_stock) query.stock = '1'
  if (filters.price_from_minor !== undefined) query.from = String(filters.price_from_minor)
  if (filters.price_to_minor !== undefined) query.to = String(filters.price_to_minor)
  const facets = Object.entries(filters.chosen).flatMap(([code, values]) => values.map((value) => `${code}:${value}`))
  if (facets.length > 0) query.f = facets
  for (const name of ['any', 'none', 'phrase'] as const) if (filters[name]) query[name] = filters[name]
  if (filters.in_title) query.title = '1'
  if (filters.days !== undefined) query.days = String(filters.days)
  const bounds = pairsOf(filters.ranges)
  if (bounds.length > 0) query.range = bounds
  return query
}

/** The same filters with one facet value switched on or off. */
export function toggled(filters: Filters, code: string, value: string): Filters {
  const before = filters.chosen[code] ?? []
  const kept = SINGLE_FACETS.has(code) ? [] : before.filter((other) => other !== value)
  const values = before.includes(value) ? kept : [...kept, value]
  // A store's own categories mean nothing in another.
  const others = Object.entries(filters.chosen).filter(([other]) => other !== code && !(code === 'merchant' && other === 'store_category'))
  return { ...filters, chosen: Object.fromEntries(values.length > 0 ? [...others, [code, values]] : others) }
}

/** The same filters with a price range of the price facet (`1000-4999`, `5000-`) switched on or off. */
export function withPriceRange(filters: Filters, range: string): Filters {
  if (priceRange(filters) === range) return { ...filters, price_from_minor: undefined, price_to_minor: undefined }
  const [low = '', high = ''] = range.split('-')
  return { ...filters, price_from_minor: amount(low) || undefined, price_to_minor: amount(high) }
}

/** The chosen price range as the price facet writes it; empty without one. */
export function priceRange(filters: Filters): string {
  const { price_from_minor: low, price_to_minor: high } = filters
  return low === undefined && high === undefined ? '' : `${low ?? 0}-${high ?? ''}`
}

/** The words alone: what is left when every filter is cleared. */
export function cleared(filters: Filters): Filters {
  return { ...filtersOf({}), words: filters.words, sort: filters.sort }
}

/** The same filters without the one that the API calls `code`; without any when it is empty. */
export function without(filters: Filters, code: string): Filters {
  const none = filtersOf({})
  switch (code) {
    case '':
      return cleared(filters)
    case 'price':
      return { ...filters, price_from_minor: undefined, price_to_minor: undefined }
    case 'any_words':
      return { ...filters, any: '' }
    case 'none_words':
      return { ...filters, none: '' }
    case 'published':
      return { ...filters, days: undefined }
    case 'in_stock':
    case 'in_title':
    case 'phrase':
      return { ...filters, [code]: none[code] }
    default:
      return { ...filters, chosen: apart(filters.chosen, code), ranges: apart(filters.ranges, code) }
  }
}

function apart<Value>(table: Record<string, Value>, code: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(table).filter(([other]) => other !== code))
}

/** A number as the API takes the sides of a range. */
export function readNumber(text: string): number | undefined {
  return /^\d{1,9}(\.\d{1,4})?$/.test(text.trim()) ? Number(text) : undefined
}

/** The same filters with the range of a number attribute set; with neither side, without it. */
export function withRange(filters: Filters, code: string, low: string, high: string): Filters {
  const others = apart(filters.ranges, code)
  return { ...filters, ranges: low || high ? { ...others, [code]: `${low}~${high}` } : others }
}

/** Where a hot word leads: to its search, or to the category that stands in for one. */
export function hotTarget({ kind, target_id, text }: HotWord): { path: string; query?: Record<string, string> } {
  return kind === 'category' && target_id ? { path: `/c/${target_id}` } : { path: '/s', query: { q: text } }
}

/** What a saved search is kept by: what stands behind the `?` of its page, its order left out; empty for all products. */
export function addressOf(filters: Filters): string {
  const pairs = Object.entries(queryOf({ ...filters, sort: 'relevance' })).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)]))
  return new URLSearchParams(pairs).toString()
}

/** What a saved search is called: its words, or the shop's word for a list without words when it has none. */
export function nameOf(filters: Filters, fallback: string): string {
  return filters.words || filters.phrase || filters.any || fallback
}

/** How many filters narrow the list. */
export function filterCount(filters: Filters): number {
  const facets = Object.values(filters.chosen).reduce((sum, values) => sum + values.length, 0)
  const price = filters.price_from_minor !== undefined || filters.price_to_minor !== undefined ? 1 : 0
  const others = [filters.in_stock, filters.any, filters.none, filters.phrase, filters.in_title, filters.days].filter(Boolean).length
  return facets + price + others + Object.keys(filters.ranges).length
}

/** The question to the API; `fixed` is what the page itself stands for, such as its category. */
export function apiQuery(filters: Filters, fixed: SearchQuery = {}, cursor?: string): SearchQuery {
  const { chosen } = filters
  const query: SearchQuery = { q: filters.words, sort: filters.sort }
  if (filters.in_stock) query.in_stock = true
  if (filters.price_from_minor !== undefined) query.price_from_minor = filters.price_from_minor
  if (filters.price_to_minor !== undefined) query.price_to_minor = filters.price_to_minor
  if (chosen.category?.[0]) query.category_id = chosen.category[0]
  if (chosen.merchant?.[0]) query.merchant_id = chosen.merchant[0]
  if (chosen.store_category?.[0]) query.store_category_id = chosen.store_category[0]
  if (chosen.brand) query.brand_id = chosen.brand
  if (chosen.rating?.[0]) query.rating_from_hundredths = Number(chosen.rating[0])
  if (chosen.ships_from) query.ships_from = chosen.ships_from
  if (chosen.delivery) query.delivery = chosen.delivery as SearchQuery['delivery']
  if (filters.any) query.any_words = filters.any
  if (filters.none) query.none_words = filters.none
  if (filters.phrase) query.phrase = filters.phrase
  if (filters.in_title) query.in_title = true
  if (filters.days !== undefined) query.published_days = filters.days
  const bounds = pairsOf(filters.ranges)
  if (bounds.length > 0) query.range = bounds
  const attributes = Object.entries(chosen).filter(([code]) => !NAMED_FACETS.has(code))
  if (attributes.length > 0) query.attribute = attributes.flatMap(([code, values]) => values.map((value) => `${code}:${value}`))
  if (cursor) query.cursor = cursor
  return { ...query, ...fixed }
}
