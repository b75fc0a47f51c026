import 'element-plus/dist/index.css'
import './styles/main.css'
import { connect } from '@jishi/api'
import { applyTheme, asLocale, cookieValue, installUi, localeTag, readTheme } from '@jishi/ui'
import { createPinia } from 'pinia'
import { createApp, ref } from 'vue'
import { RouterLink } from 'vue-router'
import { BASE, makeMerchant, MERCHANT } from './api/merchant'
import type { ImportDetail, ImportRun, Media } from './api/types'
import { makeUpload } from './api/upload'
import App from './App.vue'
import { makeI18n } from './i18n'
import { makeRouter } from './router'
import { signInAddress, useStore } from './stores/store'

export const LANGUAGE_COOKIE = 'jishi_language'

applyTheme(readTheme(document.cookie), document.documentElement)
const locale = ref(asLocale(cookieValue(document.cookie, LANGUAGE_COOKIE)))
const shopFetch = connect({
  language: () => localeTag(locale.value),
  cookies: () => document.cookie,
  fetch: (request) => fetch(request),
  origin: location.origin,
})
const uploadTo = <Answer = Media>(path: string) => makeUpload<Answer>(`${BASE}${path}`, { language: () => localeTag(locale.value), cookies: () => document.cookie })
const merchant = makeMerchant(shopFetch, location.origin, uploadTo('/media'), uploadTo('/films'), uploadTo<ImportDetail>('/imports'), (id) => uploadTo<ImportRun>(`/imports/${id}/pictures`))
const app = createApp(App)
const router = makeRouter()
app.use(createPinia())
app.use(makeI18n(locale.value))
installUi(app, { locale, link: RouterLink })
app.provide(MERCHANT, merchant)

router.beforeEach(async (to) => {
  if (to.name === 'no-store') return true
  const entry = await useStore().enter(merchant.profile)
  if (entry === 'open') return true
  if (entry === 'no-store') return { name: 'no-store' }
  location.assign(signInAddress(to.fullPath))
  return false
})
app.use(router)
app.mount('#app')
