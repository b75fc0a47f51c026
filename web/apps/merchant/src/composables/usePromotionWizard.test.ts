import { ShopProblem } from '@jishi/api'
import { expect, test } from 'vitest'
import { createApp, h } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import type { Merchant } from '../api/merchant'
import { MERCHANT } from '../api/merchant'
import type { PromotionForMerchant, PromotionWish } from '../api/types'
import { makeI18n } from '../i18n'
import { begin } from './promotion'
import { usePromotionWizard } from './usePromotionWizard'
import { usePromotionWords } from './usePromotionWords'

/** A shop that keeps promotions and says what it was asked. */
function shop(kept?: PromotionForMerchant) {
  const asked: string[] = []
  const refusals: ShopProblem[] = []
  const answer = (said: string, wish: PromotionWish, status: 'draft' | 'live' = 'draft'): Promise<PromotionForMerchant> => {
    asked.push(said)
    const refusal = refusals.shift()
    if (refusal) return Promise.reject(refusal)
    return Promise.resolve({ id: 'p', version: 1, status, stage: status === 'live' ? 'running' : 'draft', wish, spent: { amount_minor: 0, currency: 'CNY' }, changed_at: '', names: {} })
  }
  const merchant = {
    promotion: () => Promise.resolve(kept),
    draftPromotion: (wish: PromotionWish, key: string) => answer(`draft ${key}`, wish),
    changePromotion: (id: string, change: { wish: PromotionWish; version: number }) => answer(`change ${id} ${change.version}`, change.wish),
    movePromotion: (id: string, to: string) => answer(`${to} ${id}`, {} as PromotionWish, 'live'),
  } as unknown as Merchant
  return { merchant, asked, refusals }
}

async function open(merchant: Merchant, props: { id?: string; copyOf?: string } = {}) {
  const made: { wizard?: ReturnType<typeof usePromotionWizard>; words?: ReturnType<typeof usePromotionWords> } = {}
  const Page = { setup: () => ((made.wizard = usePromotionWizard(props)), (made.words = usePromotionWords()), () => h('p')) }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: Page }, { path: '/promotions/:id', name: 'promotion', component: { render: () => h('p') } }] })
  await router.push('/')
  const app = createApp({ render: () => h(RouterView) })
  app.provide(MERCHANT, merchant)
  app.use(makeI18n('zh'))
  app.use(router)
  app.mount(document.createElement('div'))
  await made.wizard!.load()
  return { wizard: made.wizard!, words: made.words!, router }
}

function fill(wizard: ReturnType<typeof usePromotionWizard>): void {
  wizard.form.value = { ...begin(wizard.form.value!, 'spend_save'), name: { zh: '满减', en: '' }, tiers: [{ from: '199', less: '20' }], starts: '2026-12-01 00:00', ends: '2026-12-13 00:00' }
}

test('nobody comes past a step in which something is missing', async () => {
  const { wizard } = await open(shop().merchant)
  wizard.go('review')
  expect(wizard.step.value).toBe('kind')
  wizard.form.value = begin(wizard.form.value!, 'spend_save')
  wizard.go('review')
  expect(wizard.step.value).toBe('terms')
  fill(wizard)
  wizard.go('review')
  expect(wizard.step.value).toBe('review')
})

test('what is put in force is drafted first, and the page of it is shown', async () => {
  const { merchant, asked } = shop()
  const { wizard, router } = await open(merchant)
  fill(wizard)
  await wizard.save(true)
  expect(asked.map((one) => one.split(' ')[0])).toEqual(['draft', 'live'])
  expect(router.currentRoute.value.path).toBe('/promotions/p')
})

test('a draft that was lost on the way is sent again as the same one, a changed one as another', async () => {
  const { merchant, asked, refusals } = shop()
  refusals.push(new ShopProblem({ status: 0, code: 'offline' }), new ShopProblem({ status: 0, code: 'offline' }))
  const { wizard } = await open(merchant)
  fill(wizard)
  await wizard.save(false)
  await wizard.save(false)
  wizard.form.value = { ...wizard.form.value!, priority: 3 }
  await wizard.save(false)
  expect(asked[0]).toBe(asked[1])
  expect(asked[2]).not.toBe(asked[0])
})

test('a refused field opens its step, and nothing typed is lost', async () => {
  const { merchant, refusals } = shop()
  refusals.push(new ShopProblem({ status: 422, code: 'invalid', field: 'ends_at' }))
  const { wizard } = await open(merchant)
  fill(wizard)
  wizard.go('review')
  await wizard.save(false)
  expect([wizard.step.value, wizard.form.value?.name.zh]).toEqual(['time', '满减'])
})

test('a change is written over the version that was read; a copy is a new one without dates', async () => {
  const first = await open(shop().merchant)
  fill(first.wizard)
  const wish = first.wizard.wish.value!
  const kept: PromotionForMerchant = { id: 'p', version: 7, status: 'live', stage: 'running', wish, spent: { amount_minor: 0, currency: 'CNY' }, changed_at: '', names: {} }
  const changed = shop(kept)
  const { wizard } = await open(changed.merchant, { id: 'p' })
  await wizard.save(true)
  expect(changed.asked).toEqual(['change p 7', 'live p'])
  const copy = await open(shop(kept).merchant, { copyOf: 'p' })
  expect([copy.wizard.found.value, copy.wizard.form.value?.starts, copy.wizard.form.value?.name.zh]).toEqual([undefined, null, '满减(复制)'])
})

test('a promotion is said in either language, whichever the page is in', async () => {
  const { wizard, words } = await open(shop().merchant)
  fill(wizard)
  const wish = { ...wizard.wish.value!, budget_minor: 100_000, is_exclusive: true }
  expect(words.sentences(wish, 'zh').slice(0, 2)).toEqual(['满 ¥199.00 减 ¥20.00', '本店全部商品'])
  expect(words.sentences(wish, 'en').slice(0, 2)).toEqual(['¥20.00 off from ¥199.00', 'Everything in the store'])
  expect(words.sentences(wish, 'en').at(-1)).toBe('Not together with other promotions')
})

test('one of a kind is said of one', async () => {
  const { wizard, words } = await open(shop().merchant)
  fill(wizard)
  const wish = wizard.wish.value!
  const about = (product_ids: string[], per_buyer_max: number) => words.sentences({ ...wish, goods: { product_ids }, per_buyer_max }, 'en')
  expect(about(['a'], 1)).toEqual(expect.arrayContaining(['1 chosen product', '1 use per buyer']))
  expect(about(['a', 'b'], 2)).toEqual(expect.arrayContaining(['2 chosen products', '2 uses per buyer']))
})
