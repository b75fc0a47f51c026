import { ShopProblem } from '@jishi/api'
import { useToasts } from '@jishi/ui'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, test, vi } from 'vitest'
import { makeI18n } from '../i18n'
import zh from '../i18n/zh'
import { SHELF_LENGTH } from '../catalog/shelves'
import { SHOP } from '../api/shop'
import HomeFeed from '../components/HomeFeed.vue'
import RecommendedCard from '../components/RecommendedCard.vue'
import RecommendedRow from '../components/RecommendedRow.vue'
import { placementOf } from './useRecommendations'

const money = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const product = (id: string) => ({
  id,
  title: `商品 ${id}`,
  price: money(100),
  list_price: null,
  image: null,
  merchant: { id: 'm', name: '山野', logo: null },
  in_stock: true,
  sold_count: 0,
  rating: null,
})
const item = (id: string) => ({ product: product(id), reason: 'together', why: '很多人一起买' })
const answer = (...ids: string[]) => ({ model: 'r1', arm: 'try:b', is_personal: false, items: ids.map(item), next_cursor: null })

let near: (() => void)[] = []
beforeEach(() => {
  near = []
  useToasts().toasts.splice(0)
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(seen: (entries: { isIntersecting: boolean }[]) => void) {
        near.push(() => seen([{ isIntersecting: true }]))
      }
      observe(): void {}
      disconnect(): void {}
    },
  )
})

async function comeNear(): Promise<void> {
  await flushPromises()
  near.forEach((come) => come())
  await flushPromises()
}

function options(shop: object, props: object) {
  return { props, attachTo: document.body, global: { plugins: [makeI18n('zh', zh)], provide: { [SHOP as symbol]: shop }, stubs: { RouterLink: true, UiLink: true } } } as never
}
const shown = (page: { findAll: (selector: string) => { text: () => string }[] }) => page.findAll('h3').length

test('a row asks when its reader comes near, once, and says what chose it', async () => {
  const recommendations = vi.fn(() => Promise.resolve(answer('a', 'b')))
  const page = mount(RecommendedRow, options({ recommendations }, { place: 'together', productIds: ['x'] }))
  await flushPromises()
  expect(recommendations).not.toHaveBeenCalled()
  await comeNear()
  await comeNear()
  expect(recommendations).toHaveBeenCalledOnce()
  expect(recommendations).toHaveBeenCalledWith('together', ['x'], { limit: SHELF_LENGTH })
  expect(shown(page)).toBe(2)
  expect(page.get('[data-placement]').attributes()).toMatchObject({ 'data-placement': 'product', 'data-model': 'r1', 'data-arm': 'try:b' })
  expect(page.findAll('[data-position]').map((one) => one.attributes('data-position'))).toEqual(['0', '1'])
  page.unmount()
})

test('other goods in the cart, another question; the last answer counts', async () => {
  const answers: Record<string, (value: unknown) => void> = {}
  const recommendations = vi.fn((_place: string, ids: string[]) => new Promise((resolve) => (answers[ids.join()] = resolve)))
  const page = mount(RecommendedRow, options({ recommendations }, { place: 'cart', productIds: ['x'] }))
  await comeNear()
  await page.setProps({ productIds: ['x', 'y'] })
  answers['x,y']?.(answer('new'))
  answers['x']?.(answer('old', 'old2'))
  await flushPromises()
  expect(shown(page)).toBe(1)
  page.unmount()
})

test('without an answer, or with an empty one, there is no row', async () => {
  for (const recommendations of [() => Promise.resolve(answer()), () => Promise.reject(new ShopProblem({ status: 503, code: 'away', title: '', detail: '', type: '' }))]) {
    const page = mount(RecommendedRow, options({ recommendations }, { place: 'similar', productIds: ['x'] }))
    await comeNear()
    await flushPromises()
    expect(page.find('section').exists()).toBe(false)
    page.unmount()
  }
})

test('what does not interest is gone at once and comes back when that is undone', async () => {
  const shop = { recommendations: () => Promise.resolve(answer('a', 'b')), notInterested: vi.fn(() => Promise.resolve()), interestedAgain: vi.fn(() => Promise.resolve()) }
  const page = mount(RecommendedRow, options(shop, { place: 'together', productIds: ['x'] }))
  await comeNear()
  await flushPromises()
  page.getComponent(RecommendedCard).vm.$emit('refuse')
  await flushPromises()
  expect(shop.notInterested).toHaveBeenCalledWith('a')
  expect(shown(page)).toBe(1)
  useToasts().toasts.at(-1)?.action?.run()
  await flushPromises()
  expect(shop.interestedAgain).toHaveBeenCalledWith('a')
  expect(shown(page)).toBe(2)
  page.unmount()
})

test('when the shop did not hear it, the product is shown again and that is said', async () => {
  const shop = { recommendations: () => Promise.resolve(answer('a')), notInterested: () => Promise.reject(new ShopProblem({ status: 409, code: 'too_many_refusals', title: '', detail: '已达上限', type: '' })) }
  const page = mount(RecommendedRow, options(shop, { place: 'together', productIds: ['x'] }))
  await comeNear()
  await flushPromises()
  page.getComponent(RecommendedCard).vm.$emit('refuse')
  await flushPromises()
  expect(shown(page)).toBe(1)
  expect(useToasts().toasts.at(-1)?.tone).toBe('bad')
  page.unmount()
})

test('a card says why it is there, to keyboards too', async () => {
  const page = mount(RecommendedCard, options({}, { item: item('a') }))
  const opener = page.get('button')
  expect(opener.attributes('aria-expanded')).toBe('false')
  await opener.trigger('click')
  expect(page.text()).toContain('很多人一起买')
  await page.findAll('button')[1]?.trigger('click')
  expect(page.emitted('refuse')).toHaveLength(1)
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))
  await flushPromises()
  expect(opener.attributes('aria-expanded')).toBe('false')
  expect(document.activeElement).toBe(opener.element)
  page.unmount()
})

test('the feed begins with the newest goods, then shows what is chosen, and is as long as it was when come back to', async () => {
  const feed = { items: [product('new')], next_cursor: 'n' }
  const recommendations = vi.fn((_place: string, _ids: string[], { cursor }: { cursor?: string }) =>
    Promise.resolve(cursor ? { ...answer('a', 'c'), next_cursor: null } : { ...answer('a', 'b'), next_cursor: '2' }),
  )
  const first = mount(HomeFeed, options({ recommendations }, { feed, isLoading: false }))
  expect(shown(first)).toBe(1)
  await flushPromises()
  expect(shown(first)).toBe(2)
  await comeNear()
  await flushPromises()
  expect(shown(first)).toBe(3)
  first.unmount()
  const again = mount(HomeFeed, options({ recommendations }, { feed, isLoading: false }))
  await flushPromises()
  expect(shown(again)).toBe(3)
  expect(recommendations).toHaveBeenCalledTimes(2)
  again.unmount()
})

test('when nothing can be chosen, the newest goods stay and grow', async () => {
  const feed = { items: [product('new')], next_cursor: 'n' }
  const shop = {
    recommendations: () => Promise.reject(new ShopProblem({ status: 503, code: 'away', title: '', detail: '', type: '' })),
    products: () => Promise.resolve({ items: [product('older')], next_cursor: null }),
  }
  const page = mount(HomeFeed, options(shop, { feed, isLoading: false }))
  await flushPromises()
  await comeNear()
  await flushPromises()
  expect(shown(page)).toBe(2)
  page.unmount()
})

test('both rows beside a product count as its page', () => {
  expect(['together', 'similar', 'home', 'cart'].map((place) => placementOf(place as 'cart'))).toEqual(['product', 'product', 'home', 'cart'])
})
