import { ShopProblem } from '@jishi/api'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createApp, h, nextTick } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import type { Merchant } from '../api/merchant'
import { MERCHANT } from '../api/merchant'
import type { ProductForMerchant, ProductWish } from '../api/types'
import { REST_MS } from './autosave'
import { differences, numbered } from './conflict'
import { keptDrafts } from './keptDraft'
import { emptyProduct } from './product'
import { useEditor } from './useEditor'

beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
})
afterEach(() => void vi.useRealTimers())

const filled = (title: string): ProductWish => ({ ...emptyProduct(), title: { zh: title, en: '' }, category_id: 'c', skus: [{ id: null, code: 'K', choice: {}, price_minor: 900 }] })
const offline = () => new ShopProblem({ status: 0, code: 'offline' })

/** A shop of one product, which counts its versions and refuses what was read before the last. */
function shop() {
  const kept: { product?: ProductForMerchant; lost: number; keys: string[]; saves: number } = { lost: 0, keys: [], saves: 0 }
  const keep = (wish: ProductWish) => {
    kept.saves += 1
    const skus = wish.skus.map((sku) => ({ ...sku, id: sku.id ?? `id-${sku.code}` }))
    kept.product = { id: 'p', status: 'draft', wish: { ...wish, skus }, images: [], version: (kept.product?.version ?? 0) + 1, updated_at: '', reason: '', causes: [] }
    return Promise.resolve(structuredClone(kept.product))
  }
  const merchant = {
    product: () => Promise.resolve(structuredClone(kept.product)),
    createProduct: (wish: ProductWish, key: string) => {
      const isNew = !kept.keys.includes(key)
      kept.keys.push(key)
      const made = isNew ? keep(wish) : Promise.resolve(kept.product)
      return kept.lost-- > 0 ? Promise.reject(offline()) : made
    },
    saveProduct: (_: string, wish: ProductWish, version: number) =>
      version === kept.product?.version ? keep(wish) : Promise.reject(new ShopProblem({ status: 409, code: 'product_changed' })),
  } as unknown as Merchant
  return { kept, keep, merchant }
}

/** The editor of a page that is open. */
async function open(merchant: Merchant, id?: string) {
  const made: { editor?: ReturnType<typeof useEditor> } = {}
  const Page = { setup: () => ((made.editor = useEditor(id ? { id } : {}, 'store', () => true)), () => h('p')) }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: Page }, { path: '/products/:id', name: 'product', component: Page }, { path: '/elsewhere', component: { render: () => h('p') } }] })
  await router.push('/')
  const app = createApp({ render: () => h(RouterView) })
  app.provide(MERCHANT, merchant)
  app.use(router)
  app.mount(document.createElement('div'))
  await made.editor!.load()
  return { editor: made.editor!, router, close: () => app.unmount() }
}
const rest = () => vi.advanceTimersByTimeAsync(REST_MS)

test('a new product is made once though the first answer is lost, and what was typed meanwhile is its next version', async () => {
  const { kept, merchant } = shop()
  kept.lost = 1
  const { editor } = await open(merchant)
  editor.wish.value = filled('壶')
  await nextTick()
  await rest()
  expect([editor.autosave.state.value.step, editor.id.value, kept.saves]).toEqual(['retrying', undefined, 1])
  editor.wish.value!.title.zh = '大壶'
  await nextTick()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(new Set(kept.keys).size).toBe(1)
  expect([editor.id.value, kept.saves, kept.product?.wish.title.zh]).toEqual(['p', 2, '大壶'])
  expect([editor.wish.value!.skus[0]?.id, editor.autosave.state.value.step]).toEqual(['id-K', 'saved'])
})

test('edits that never reached the shop survive a reload and are offered back', async () => {
  const { keep, merchant, kept } = shop()
  await keep(filled('壶'))
  const first = await open(merchant, 'p')
  first.editor.wish.value!.title.zh = '新壶'
  await nextTick()
  first.close()
  const { editor } = await open(merchant, 'p')
  expect([editor.wish.value?.title.zh, editor.offered.value?.wish.title.zh]).toEqual(['壶', '新壶'])
  editor.bringBack()
  await nextTick()
  await rest()
  expect(kept.product?.wish.title.zh).toBe('新壶')
  await nextTick()
  expect(keptDrafts('store').read('p')).toBeUndefined()
})

test('leaving the page saves at once', async () => {
  const { keep, merchant, kept } = shop()
  await keep(filled('壶'))
  const { editor, router } = await open(merchant, 'p')
  editor.wish.value!.title.zh = '新壶'
  await router.push('/elsewhere')
  expect(kept.product?.wish.title.zh).toBe('新壶')
})

test('a product that only went on the shelf meanwhile is no conflict', async () => {
  const { keep, merchant, kept } = shop()
  await keep(filled('壶'))
  const { editor } = await open(merchant, 'p')
  kept.product!.version += 1
  editor.wish.value!.title.zh = '新壶'
  await nextTick()
  await rest()
  expect([editor.theirs.value, editor.autosave.state.value.step, kept.product?.wish.title.zh]).toEqual([undefined, 'saved', '新壶'])
})

test('opening a product saves nothing', async () => {
  const { keep, merchant, kept } = shop()
  await keep(filled('壶'))
  const { editor } = await open(merchant, 'p')
  await vi.advanceTimersByTimeAsync(60_000)
  expect([kept.saves, editor.offered.value]).toEqual([1, undefined])
})

test('a colleague’s newer text and one’s own are both kept, whichever is chosen', async () => {
  const { keep, merchant, kept } = shop()
  await keep(filled('壶'))
  const { editor } = await open(merchant, 'p')
  await keep(filled('同事的壶'))
  editor.wish.value!.title.zh = '我的壶'
  await nextTick()
  await rest()
  expect([editor.autosave.state.value.step, editor.theirs.value?.wish.title.zh, editor.wish.value?.title.zh]).toEqual(['conflict', '同事的壶', '我的壶'])
  expect(differences(editor.wish.value!, editor.theirs.value!.wish)).toEqual([{ part: 'titleZh', mine: '我的壶', theirs: '同事的壶' }])
  editor.takeTheirs()
  await nextTick()
  expect([editor.wish.value?.title.zh, editor.offered.value?.wish.title.zh]).toEqual(['同事的壶', '我的壶'])
  await keep(filled('更新的壶'))
  editor.bringBack()
  await nextTick()
  await rest()
  await editor.keepMine()
  expect(kept.product?.wish.title.zh).toBe('我的壶')
})

test('variants that were given ids keep them, found by their choice', () => {
  const wish = { ...filled('壶'), skus: [{ id: null, code: 'NEW', choice: { a: '1', b: '2' }, price_minor: 1 }] }
  const kept = { ...wish, skus: [{ id: 's', code: 'OLD', choice: { b: '2', a: '1' }, price_minor: 1 }] }
  expect(numbered(wish, kept).skus[0]).toMatchObject({ id: 's', code: 'NEW' })
})
