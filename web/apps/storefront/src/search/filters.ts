import type { SearchSort } from '@jishi/api'
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
}

export const SORTS: readonly SearchSort[] = ['relevance', 'sales', 'newest', 'price_up', 'price_down']

/** Facets that the API takes by names of their own; all others are attributes. */
const NAMED_FACETS = new Set(['category', 'merchant', 'brand'])

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
const SINGLE_FACETS = new Set(['category', 'merchant'])

/** Read the filters of an address: `?q=茶&sort=sales&stock=1&from=1000&to=5000&f=brand:x&f=colour:red`. */
export function filtersOf(query: LocationQuery): Filters {
  const chosen: Record<string, string[]> = {}
  for (const text of all(query.f)) {
    const [code, ...rest] = text.split(':')
    const value = rest.join(':')
    if (!code || !value) continue
    const values = (chosen[code] ??= [])
    if (!values.includes(value)) values.push(value)
  }
  return {
    words: one(query.q).trim(),
    sort: SORTS.find((sort) => sort === one(query.sort)) ?? 'relevance',
    in_stock: one(query.stock) === '1',
    price_from_minor: amount(one(query.from)),
    price_to_minor: amount(one(query.to)),
    chosen,
  }
}

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
  return query
}

/** The same filters with one facet value switched on or off. */
export function toggled(filters: Filters, code: string, value: string): Filters {
  const before = filters.chosen[code] ?? []
  const kept = SINGLE_FACETS.has(code) ? [] : before.filter((other) => other !== value)
  const values = before.includes(value) ? kept : [...kept, value]
  const others = Object.entries(filters.chosen).filter(([other]) => other !== code)
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
  return { words: filters.words, sort: filters.sort, in_stock: false, price_from_minor: undefined, price_to_minor: undefined, chosen: {} }
}

/** How many filters narrow the list. */
export function filterCount(filters: Filters): number {
  const facets = Object.values(filters.chosen).reduce((sum, values) => sum + values.length, 0)
  const price = filters.price_from_minor !== undefined || filters.price_to_minor !== undefined ? 1 : 0
  return facets + price + (filters.in_stock ? 1 : 0)
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
  if (chosen.brand) query.brand_id = chosen.brand
  const attributes = Object.entries(chosen).filter(([code]) => !NAMED_FACETS.has(code))
  if (attributes.length > 0) query.attribute = attributes.flatMap(([code, values]) => values.map((value) => `${code}:${value}`))
  if (cursor) query.cursor = cursor
  return { ...query, ...fixed }
}
