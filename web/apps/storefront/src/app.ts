import type { ShopFetch } from '@jishi/api'
import { CARD_LABELS, installUi } from '@jishi/ui'
import { createPinia } from 'pinia'
import type { App } from 'vue'
import { createApp, createSSRApp, ref } from 'vue'
import type { Router, RouterHistory } from 'vue-router'
import { RouterLink } from 'vue-router'
import { ACCOUNTS, makeAccounts } from './api/accounts'
import { makeSecurity, SECURITY } from './api/security'
import { makeShop, SHOP } from './api/shop'
import AppRoot from './App.vue'
import { DEMO } from './demo/demo'
import { makeI18n } from './i18n'
import type { Messages } from './i18n/zh'
import { makePageMemory, PAGE_MEMORY } from './pageMemory'
import { makeCardLabels } from './promotions/labels'
import { makeRouter } from './router'
import type { InitialState } from './state'
import { FIRST_DATA, firstData, SCANNER } from './state'

export interface Surroundings {
  state: InitialState
  messages: Messages
  history: RouterHistory
  origin: string
  shopFetch: ShopFetch
  accountsFetch: ShopFetch
}

/** Put the storefront together; the same for the server's render and the browser. */
export function makeStorefront(around: Surroundings): { app: App; router: Router; i18n: ReturnType<typeof makeI18n> } {
  const { state } = around
  const app = state.is_rendered ? createSSRApp(AppRoot) : createApp(AppRoot)
  const router = makeRouter(around.history)
  app.use(createPinia())
  app.use(router)
  const i18n = makeI18n(state.locale, around.messages)
  app.use(i18n)
  installUi(app, { locale: ref(state.locale), link: RouterLink })
  app.provide(FIRST_DATA, firstData(state))
  app.provide(SCANNER, state.scanner ?? null)
  app.provide(DEMO, state.demo ?? null)
  app.provide(PAGE_MEMORY, makePageMemory(router, around.history))
  const shop = makeShop(around.shopFetch, around.origin)
  app.provide(SHOP, shop)
  app.provide(CARD_LABELS, makeCardLabels(shop))
  app.provide(ACCOUNTS, makeAccounts(around.accountsFetch, around.origin))
  app.provide(SECURITY, makeSecurity(around.accountsFetch, around.origin))
  return { app, router, i18n }
}
