import { installUi } from '@jishi/ui'
import { createPinia } from 'pinia'
import { expect, test } from 'vitest'
import { createApp, ref } from 'vue'
import { createMemoryHistory, createRouter, RouterLink } from 'vue-router'
import type { Merchant } from '../api/merchant'
import { MERCHANT } from '../api/merchant'
import type { FlashApplication, FlashSession } from '../api/types'
import { makeI18n } from '../i18n'
import { useStore } from '../stores/store'
import FlashPage from './FlashPage.vue'

const cents = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const session = (id: string, apply_until: string): FlashSession => ({ id, apply_until, starts_at: apply_until, ends_at: '2999-01-02T00:00:00Z', stage: 'soon' })
const SESSIONS = [session('running', '2001-01-01T00:00:00Z'), session('coming', '2999-01-01T00:00:00Z')]
const application = (id: string, session_id: string, status: FlashApplication['status'], reason = ''): FlashApplication => ({
  id, session_id, status, reason, merchant_id: 'm', sku_id: 's', title: `Tea ${id}`, choice_name: '250 g', image: null, price: cents(4900), usual_price: cents(9900), quota: 50, per_buyer_max: 2,
  sold: 7, starts_at: '2999-01-01T00:00:00Z', ends_at: '2999-01-02T00:00:00Z', applied_at: '2026-11-23T02:00:00Z',
}) // prettier-ignore
const APPLICATIONS = [application('a', 'coming', 'applied'), application('b', 'running', 'accepted'), application('c', 'coming', 'rejected', 'Too dear')]

/** The page as somebody in a role sees it, with what it asked for. */
async function open(role: 'operator' | 'finance', address = '/flash') {
  const asked: object[] = []
  const merchant = { flashSessions: () => Promise.resolve({ items: SESSIONS }), flashApplications: (filter: object) => (asked.push(filter), Promise.resolve({ items: APPLICATIONS })) } as unknown as Merchant
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/flash', component: FlashPage }] })
  await router.push(address)
  const app = createApp(FlashPage)
  app.use(createPinia())
  app.use(router)
  app.use(makeI18n('en'))
  app.provide(MERCHANT, merchant)
  installUi(app, { locale: ref('en'), link: RouterLink })
  useStore().$patch({ profile: { role } })
  const host = document.createElement('div')
  app.mount(host)
  await expect.poll(() => host.textContent).toContain('Tea a')
  return { host, asked, close: () => app.unmount() }
}

const buttons = (host: HTMLElement, words: string) => [...host.querySelectorAll('button')].filter((button) => button.textContent?.trim() === words)

test('applications stand with their state, what was sold and why they were refused', async () => {
  const { host, close } = await open('operator')
  for (const words of ['Tea b', 'Waiting', 'Accepted', 'Rejected', 'Too dear', '7 / 50', '2 per buyer']) expect(host.textContent).toContain(words)
  close()
})

test('only what stands in a session that takes changes can be withdrawn', async () => {
  const { host, close } = await open('operator')
  expect(buttons(host, 'Withdraw')).toHaveLength(1)
  expect(buttons(host, 'Apply')).toHaveLength(1)
  close()
})

test('who may not write is offered nothing to do', async () => {
  const { host, close } = await open('finance')
  expect(buttons(host, 'Withdraw')).toHaveLength(0)
  expect(buttons(host, 'Apply')).toHaveLength(0)
  close()
})

test('the state that the address names is asked for', async () => {
  const { asked, close } = await open('operator', '/flash?status=accepted')
  expect(asked).toEqual([{ status: 'accepted', before: undefined, limit: '50' }])
  close()
})
