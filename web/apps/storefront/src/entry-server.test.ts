// @vitest-environment node
import type { Home, ProductCard, ProductDetail, SearchResult } from '@jishi/api'
import { beforeAll, expect, test } from 'vitest'
import { routes } from './router'
import type { InitialState } from './state'

declare const jishiRender: (json: string) => void
declare const jishiTake: () => string

beforeAll(async () => {
  await import('./entry-server')
  // Pages and some components are chunks here, while the server's bundle has them all in one.
  await Promise.all(routes.map((route) => (route.component as () => Promise<unknown>)()))
  await Promise.all(Object.values(import.meta.glob('./components/*.vue')).map((load) => load()))
}, 60_000)

/** Render as the web workers do: start, let the promises run, take the answer. */
async function render(state: Partial<InitialState> & { url: string }): Promise<{ html?: string; error?: string }> {
  jishiRender(JSON.stringify({ locale: 'zh', data: null, status: 200, is_rendered: true, ...state }))
  for (let turn = 0; turn < 3; turn += 1) await new Promise((done) => setTimeout(done, 0))
  return JSON.parse(jishiTake()) as { html?: string; error?: string }
}

const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const image = { src: '/media/a-800.webp', width: 800, height: 800, alt: '壶', srcset_webp: '/media/a-200.webp 200w', srcset_avif: '' }
const merchant = { id: 'm1', name: '山野杂货', logo: null }
const card: ProductCard = { id: 'p1', title: '<b>紫砂壶</b>', price: cny(12_900), list_price: null, image, merchant, in_stock: true, sold_count: 12_345, rating: null, merchants: 1 }
const feed = { items: [card], next_cursor: null }
const home: Home = {
  banners: [{ title: '好物节', subtitle: '七折', image, link: '/c/c1' }],
  categories: [{ id: 'c1', name: '茶具', icon: null, children: [] }],
  shelves: [{ code: 'new', title: '新品', products: [card], link: '/s?sort=newest' }],
}
const result: SearchResult = {
  ...feed,
  count: 1,
  is_capped: false,
  facets: [{ code: 'colour', name: '颜色', is_number: false, values: [{ value: 'red', name: '红', count: 1, is_chosen: false }] }],
  did_you_mean: null,
  is_partly: false,
  title_parts: {},
  ways_out: [],
  leads_to: null,
}
const product: ProductDetail = {
  id: 'p1',
  title: '紫砂壶',
  subtitle: '全手工',
  description: '<p>好壶</p>',
  breadcrumbs: [{ id: 'c1', name: '茶具' }],
  brand: '山野',
  merchant,
  images: [image, { ...image, src: '/media/b-800.webp' }],
  axes: [{ code: 'size', name: '容量', values: [{ code: 's', name: '小', image: null }] }],
  skus: [{ id: 's1', code: 'S', choice: { size: 's' }, price: cny(12_900), list_price: null, in_stock: true, lowest_price: null, gtin: '', model: '', tiers: [] }],
  facts: [{ name: '产地', value: '宜兴', colour: null }],
  price_from: cny(12_900),
  price_to: cny(12_900),
  in_stock: true,
  sold_count: 3,
  rating: { average_hundredths: 450, count: 2 },
  version: 1,
  shared_id: null,
  shared: null,
  video: null,
  tags: ['送礼'],
  kind: 'physical',
  voucher_days: null,
}
const review = { id: 'r1', product_id: 'p1', author: '林**', stars: 4, text: '出水流畅', pictures: [], choice_name: '小', reply: { text: '谢谢惠顾', at: '2026-07-02T00:00:00Z' }, written_at: '2026-07-01T00:00:00Z' }
const shown = { product, reviews: { items: [review], next_cursor: null }, summary: { rating: product.rating, by_stars: [0, 0, 0, 1, 1], with_pictures: 0 } }

test('home shows its highlights, shelves and goods, with the first picture first', async () => {
  const { html } = await render({ url: '/', data: { home, feed } })
  expect(html).toContain('好物节')
  expect(html).toContain('href="/p/p1"')
  expect(html).toContain('已售 1.2万')
  expect(html?.match(/fetchpriority="high"/g)).toHaveLength(1)
})

test('a shelf further down is brought as its title and the way to its goods', async () => {
  const later = { code: 'tea', title: '好茶', products: [], link: '/c/c9' }
  const { html } = await render({ url: '/', data: { home: { ...home, shelves: [...home.shelves, later] }, feed } })
  expect(html).toContain('好茶')
  expect(html).toContain('href="/c/c9"')
})

test('what merchants write is text, never markup', async () => {
  const { html } = await render({ url: '/', data: { home, feed } })
  expect(html).not.toContain('<b>紫砂壶')
  expect(html).toContain('&lt;b&gt;紫砂壶')
})

test('a product that others sell too names them in order, with what sending costs', async () => {
  const offer = { product_id: 'p2', merchant: { id: 'm2', name: '茶语轩', logo: null }, price: cny(11_900), in_stock: true, freight: cny(800), days_min: 2, days_max: 4, rating: { average_hundredths: 480, count: 9 }, skus: [{ id: 's2', choice: { size: 's' }, price: cny(11_900), in_stock: true }] }
  const own = { ...offer, product_id: 'p1', merchant, price: cny(12_900), freight: cny(0), rating: null, skus: [{ id: 's1', choice: { size: 's' }, price: cny(12_900), in_stock: true }] }
  const shared = { id: 'g1', merchants: 2, price_from: cny(11_900), offers: [offer, own] }
  const { html } = await render({ url: '/p/p1', data: { ...shown, product: { ...product, shared_id: 'g1', shared } } })
  expect(html).toContain('2 家店铺在售')
  expect(html).toContain('href="/p/p2?sku=s2"')
  expect(html).toContain('运费 ¥8')
  expect(html?.indexOf('茶语轩')).toBeLessThan(html?.lastIndexOf('山野杂货') ?? 0)
})

test('a product shows price, variant and its description', async () => {
  const { html } = await render({ url: '/p/p1', data: shown })
  expect(html).toMatch(/<h1[^>]*>紫砂壶<\/h1>/)
  expect(html).toContain('<span class="sr-only">¥129.00</span>')
  expect(html).toContain('<p>好壶</p>')
  expect(html).toMatch(/<input type="radio"[^>]*value="s"[^>]*checked/)
  expect(html).toContain('出水流畅')
  expect(html).toContain('谢谢惠顾')
})

test.each([
  ['zh', 12_900, '30 天最低价 ¥129.00'],
  ['zh', 15_000, '降价前 30 天最低价 ¥150.00'],
  ['en', 12_900, 'Lowest price in 30 days ¥129.00'],
  ['en', 15_000, 'Lowest price in the 30 days before the reduction ¥150.00'],
] as const)('beside a reduced price stands the lowest of 30 days (%s, %i)', async (locale, lowest, said) => {
  const skus = product.skus.map((sku) => ({ ...sku, list_price: cny(19_900), lowest_price: cny(lowest) }))
  const { html } = await render({ url: '/p/p1', locale, data: { ...shown, product: { ...product, skus } } })
  expect(html).toContain(`>${said}</p>`)
  expect((await render({ url: '/p/p1', locale, data: shown })).html).not.toMatch(/30 天|30 days/)
})

test('a list shows its goods and its filters, and links stay in their language', async () => {
  const { html } = await render({ url: '/s?q=茶&f=colour:red', locale: 'en', data: result })
  expect(html).toContain('Results for “茶”')
  expect(html).toContain('href="/en/p/p1"')
  expect(html).toContain('1 product<')
  expect(html).toMatch(/<input type="checkbox"[^>]*checked[^>]*><span[^>]*>红/)
})

test('category and store show what they are', async () => {
  const category = { id: 'c1', name: '茶具', breadcrumbs: [{ id: 'c1', name: '茶具' }], children: [{ id: 'c2', name: '茶壶', icon: null, children: [] }] }
  expect((await render({ url: '/c/c1', data: { category, result } })).html).toContain('href="/c/c2"')
  const store = { ...merchant, banner: null, introduction: '慢工细作' }
  const categories = { items: [{ id: 'k1', name: '茶', children: [{ id: 'k2', name: '绿茶', children: [] }] }], next_cursor: null }
  const empty = { title: '', text: '', pictures: [], products: [], link: null }
  const front = {
    blocks: [
      { ...empty, kind: 'notice', text: '春节照常发货' },
      { ...empty, kind: 'banners', pictures: [{ image, link: '/p/p1' }] },
      { ...empty, kind: 'chosen_products', title: '店主推荐', products: [card] },
    ],
  }
  const { html } = await render({ url: '/store/m1', data: { store, front, categories, result } })
  for (const text of ['慢工细作', '绿茶', '春节照常发货', '店主推荐']) expect(html).toContain(text)
})

test('an event shows what takes part, and says when it is over', async () => {
  const event = { slug: 'e', name: '双十二', text: '年末大促', starts_at: '2026-12-01T00:00:00Z', ends_at: '2026-12-13T00:00:00Z', is_over: false, effect: {}, banner: null, banner_link: '', coupons: [], has_flash: false, rows: [{ title: '主推', products: [card] }], products: [card] }
  const { html } = await render({ url: '/event/e', data: event })
  for (const text of ['双十二', '年末大促', '主推', '活动商品', 'href="/p/p1"']) expect(html).toContain(text)
  const over = await render({ url: '/event/e', locale: 'en', data: { ...event, is_over: true, rows: [], products: [] } })
  expect(over.html).toContain('This event is over')
})

test('what does not exist says so and leads on', async () => {
  const { html } = await render({ url: '/p/gone', status: 404 })
  expect(html).toContain('商品不见了')
  expect(html).toContain('href="/s"')
})

// Pages of one person are drawn as outlines: they must not fail, and must not ask for anything.
const own = routes.map(({ path }) => path.replace(':rest(.*)*', 'nowhere').replace(/:\w+/g, '0193b1c0'))
test.each(own.flatMap((url) => [
  ['zh', url] as const,
  ['en', url] as const,
]))('the %s outline of %s is drawn', async (locale, url) => {
  const { html, error } = await render({ url, locale })
  expect(error).toBeUndefined()
  expect(html).toContain('id="main"')
})

test('one page never shows what another was given', async () => {
  await render({ url: '/p/p1', data: shown })
  const { html } = await render({ url: '/p/p2' })
  expect(html).not.toContain('紫砂壶')
})

test('a component that fails is told, and the next page is fine', async () => {
  const { error } = await render({ url: '/p/p1', data: { ...shown, product: { ...product, axes: null } } })
  expect(error).toContain('TypeError')
  expect((await render({ url: '/p/p1', data: shown })).html).toContain('紫砂壶')
})
