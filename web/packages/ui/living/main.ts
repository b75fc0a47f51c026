import { createApp, ref } from 'vue'
import { applyTheme, asLocale, installUi, localeTag, readTheme } from '../src'
import LivingPage from './LivingPage.vue'
import './main.css'

// `?lang=en` chooses the language, so that a state can be linked to; the theme is remembered as everywhere.
const locale = asLocale(new URLSearchParams(location.search).get('lang'))
document.documentElement.lang = localeTag(locale)
applyTheme(readTheme(document.cookie), document.documentElement)
const app = createApp(LivingPage)
installUi(app, { locale: ref(locale) })
app.mount('#app')
