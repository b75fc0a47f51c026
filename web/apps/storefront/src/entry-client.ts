import { connect } from '@jishi/api'
import { asLocale, cookieValue, LOCALE_COOKIE, localeTag, rememberChoice } from '@jishi/ui'
import { createWebHistory } from 'vue-router'
import { READ_STATUSES } from './api/accounts'
import { makeStorefront } from './app'
import { bringOwnMessages, loadMessages } from './i18n'
import { basePath, localizedHrefs, otherLanguage } from './router'
import type { InitialState } from './state'
import { useSession } from './stores/session'
import './styles/main.css'

function readState(): InitialState {
  const text = document.getElementById('state')?.textContent
  if (text) return JSON.parse(text) as InitialState
  return { locale: asLocale(document.documentElement.lang.slice(0, 2)), url: '', data: null, status: 200, is_rendered: false }
}

async function start(): Promise<void> {
  const state = readState()
  const connection = {
    language: () => localeTag(state.locale),
    cookies: () => document.cookie,
    fetch: (request: Request) => fetch(request),
    origin: location.origin,
  }
  const { app, router, i18n } = makeStorefront({
    state,
    messages: await loadMessages(state.locale),
    history: createWebHistory(basePath(state.locale)),
    origin: location.origin,
    shopFetch: connect(connection),
    accountsFetch: connect({ ...connection, reads: READ_STATUSES }),
  })
  bringOwnMessages(router, i18n, state.locale)
  await router.isReady()
  const here = router.currentRoute.value
  // Channels and mails lead to addresses without a language.
  const other = otherLanguage(here.meta.own === true, state.locale, cookieValue(document.cookie, LOCALE_COOKIE))
  if (other) return location.replace(localizedHrefs(here.fullPath)[other])
  rememberChoice(document, LOCALE_COOKIE, state.locale)
  // What no server drew can begin with what is known: that nobody is signed in.
  if (!state.is_rendered) void useSession().known().catch(() => undefined)
  app.mount('#app')
  useSession().guard(router)
}

/** Keep a page for when the network is away. It must not take anything from the first visit: it waits for its end. */
function standBy(): void {
  if (!('serviceWorker' in navigator)) return
  // A browser that refuses (a private window, a full disk) merely has no such page.
  addEventListener('load', () => void navigator.serviceWorker.register('/service-worker.js').catch(() => undefined))
}

void start()
standBy()
