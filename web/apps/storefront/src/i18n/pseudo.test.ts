// @vitest-environment node
import { renderToString } from 'vue/server-renderer'
import { createMemoryHistory } from 'vue-router'
import { beforeAll, expect, test } from 'vitest'
import { WORDS } from '../../../../packages/ui/src/words'
import { makeStorefront } from '../app'
import { routes } from '../router'
import { COUPON_WORDS } from './coupons'
import en from './en'
import ownEn from './own/en'
import { FLASH_WORDS } from './flash'
import type { Messages } from './zh'

// Every message stands in ⟦…⟧ and what merchants write has no letters: a letter outside the brackets is a text that
// nobody can translate.
type Tree = Record<string, unknown>

function wrapped<T>(value: T): T {
  if (typeof value === 'string') return (value === '' ? '' : value.split(' | ').map((part) => `⟦${part}⟧`).join(' | ')) as T
  if (typeof value === 'function') return ((...given: unknown[]) => `⟦${String((value as (...values: unknown[]) => unknown)(...given))}⟧`) as T
  return Object.fromEntries(Object.entries(value as Tree).map(([key, below]) => [key, wrapped(below)])) as T
}

const messages: Messages = wrapped({ ...en, ...ownEn })

beforeAll(async () => {
  WORDS.en = wrapped(WORDS.en)
  COUPON_WORDS.en = wrapped(COUPON_WORDS.en)
  FLASH_WORDS.en = wrapped(FLASH_WORDS.en)
  await Promise.all(routes.map((route) => (route.component as () => Promise<unknown>)()))
  await Promise.all([import('../components/HomeShelf.vue'), import('../components/HomeShelfLater.vue'), import('../components/HomeFeed.vue'), import('../components/ProductReviews.vue')])
}, 120_000)

async function draw(url: string, data: unknown = null, status = 200): Promise<string> {
  const noNetwork = () => Promise.reject(new Error('a render makes no requests'))
  const state = { locale: 'en' as const, url, data, status, is_rendered: true }
  const { app, router } = makeStorefront({ state, messages, history: createMemoryHistory('/en/'), origin: '', shopFetch: noNetwork, accountsFetch: noNetwork })
  await router.push(url)
  await router.isReady()
  return renderToString(app)
}

const SAID = /\s(?:aria-label|alt|title|placeholder)="([^"]*)"/g
// The names of the languages are their own; a price's and a sample's signs are no words.
const OWN = ['中文', 'English']

/** What of a text stands in no brackets; a message may bring another one along. */
function outside(text: string): string {
  const left = text.replace(/⟦[^⟦⟧]*⟧/g, '')
  return left === text ? left : outside(left)
}

/** What a reader sees or hears of a page that stands in no brackets and has letters. */
function untranslated(html: string): string[] {
  const heard = [...html.matchAll(SAID)].map((match) => match[1] ?? '')
  const seen = html.replace(/<(script|style|svg)[\s\S]*?<\/\1>/g, ' ').split(/<[^>]+>/)
  return [...seen, ...heard]
    .map((text) => outside(text.replace(/&\w+;|&#\d+;/g, ' ')).trim())
    .filter((text) => /\p{L}/u.test(text) && !OWN.includes(text))
}

const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const image = { src: '/1.webp', width: 8, height: 8, alt: '1', srcset_webp: '', srcset_avif: '' }
const merchant = { id: '1', name: '2', logo: null }
const card = { id: '1', title: '3', price: cny(100), list_price: cny(200), image, merchant, in_stock: false, sold_count: 123, rating: { average_hundredths: 450, count: 7 } }
const node = { id: '1', name: '4', icon: null, children: [] }
const result = { items: [card], next_cursor: '5', count: 1, is_capped: false, did_you_mean: '6', facets: [{ code: 'brand', name: '7', values: [{ value: '8', name: '8', count: 1, is_chosen: true }] }] }
const nothing = { ...result, items: [], count: 0, next_cursor: null, facets: [] }
const product = {
  ...card, subtitle: '9', description: '<p>10</p>', breadcrumbs: [{ id: '1', name: '11' }], brand: '12', images: [image, { ...image, src: '/2.webp' }], axes: [{ code: 'a', name: '13', values: [{ code: 'b', name: '14', image: null }] }],
  skus: [{ id: '1', code: '1', choice: { a: 'b' }, price: cny(100), list_price: cny(200), in_stock: true, lowest_price: cny(100), gtin: '', model: '', tiers: [] }], tags: [], facts: [{ name: '15', value: '16', colour: '#1e8e6e' }], price_from: cny(100), price_to: cny(100), version: 1,
}
const review = { id: '1', product_id: '1', author: '17', stars: 4, text: '18', pictures: [image], choice_name: '19', reply: { text: '20', at: '2026-07-02T00:00:00Z' }, written_at: '2026-07-01T00:00:00Z' }
const reviewed = { reviews: { items: [review, { ...review, id: '2', text: '' }], next_cursor: '21' }, summary: { rating: card.rating, by_stars: [0, 1, 2, 3, 4], with_pictures: 1 } }
const unreviewed = { reviews: { items: [], next_cursor: null }, summary: { rating: null, by_stars: [0, 0, 0, 0, 0], with_pictures: 0 } }
const PAGES: [string, unknown][] = [
  ['/', { home: { banners: [{ title: '1', subtitle: '2', image, link: '/' }, { title: '1', subtitle: '2', image: null, link: '/' }], categories: [{ ...node, children: [node] }], shelves: [{ code: '1', title: '3', products: [card], link: '/' }] }, feed: { items: [card], next_cursor: '1' } }],
  ['/c', [{ ...node, children: [node] }]],
  ['/c/1', { category: { id: '1', name: '1', breadcrumbs: [{ id: '1', name: '1' }], children: [node], filters: [] }, result }],
  ['/s?q=1&stock=1&from=1&f=brand:8', result],
  ['/s?q=1', nothing],
  ['/p/1', { product, ...reviewed }],
  ['/p/1', { product: { ...product, in_stock: false, skus: [{ ...product.skus[0], in_stock: false, lowest_price: cny(150) }] }, ...unreviewed }],
  ['/store/1', { store: { ...merchant, banner: null, introduction: '1' }, front: { blocks: [] }, categories: { items: [] }, result }],
]

test.each(PAGES)('every word of %s can be translated', async (url, data) => {
  const html = await draw(url, data)
  expect(html).toContain('⟦')
  expect(untranslated(html)).toEqual([])
})

// The guide is written once for each language: it has no messages to wrap, and a test of its own.
const outlines = routes.filter(({ name }) => name !== 'help').map(({ path }) => path.replace(':rest(.*)*', '0').replace(/:\w+/g, '0'))
test.each(outlines)('every word of the outline of %s can be translated', async (url) => {
  expect(untranslated(await draw(url))).toEqual([])
})

test.each(['/p/0', '/store/0', '/c/0'])('every word of %s can be translated when nothing is there', async (url) => {
  expect(untranslated(await draw(url, null, 404))).toEqual([])
})

test('a text of nobody is found', () => {
  expect(untranslated('<p>⟦Cart⟧</p><p>Hello</p><img alt="Shop" src="x">')).toEqual(['Hello', 'Shop'])
})
