import type { Locale } from '@jishi/ui'
import { asLocale } from '@jishi/ui'
import type { Router, RouterHistory, RouteRecordRaw } from 'vue-router'
import { createRouter } from 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** Only for somebody signed in; others are sent to sign in first and come back. */
    account?: boolean
    /** Of one person: it is shown in the language he reads, whichever his link was in. */
    own?: boolean
    /** A flow of its own: no bottom bar on phones. */
    focused?: boolean
  }
}

export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./pages/HomePage.vue') },
  { path: '/c', name: 'categories', component: () => import('./pages/CategoriesPage.vue') },
  { path: '/c/:id', name: 'category', component: () => import('./pages/CategoryPage.vue') },
  { path: '/s', name: 'search', component: () => import('./pages/SearchPage.vue') },
  { path: '/s/picture', name: 'picture-search', component: () => import('./pages/PictureSearchPage.vue'), meta: { own: true } },
  { path: '/p/:id', name: 'product', component: () => import('./pages/ProductPage.vue'), meta: { focused: true } },
  { path: '/store/:id', name: 'store', component: () => import('./pages/StorePage.vue') },
  { path: '/flash', name: 'flash', component: () => import('./pages/FlashPage.vue') },
  { path: '/event/:slug', name: 'event', component: () => import('./pages/EventPage.vue') },
  { path: '/terms', name: 'terms', component: () => import('./pages/TextPage.vue') },
  { path: '/privacy', name: 'privacy', component: () => import('./pages/TextPage.vue') },
  { path: '/help', name: 'help', component: () => import('./pages/HelpPage.vue') },
  { path: '/cart', name: 'cart', component: () => import('./pages/CartPage.vue'), meta: { own: true } },
  { path: '/checkout', name: 'checkout', component: () => import('./pages/CheckoutPage.vue'), meta: { own: true, account: true, focused: true } },
  { path: '/pay/:id', name: 'pay', component: () => import('./pages/PayPage.vue'), meta: { own: true, account: true, focused: true } },
  { path: '/orders', name: 'orders', component: () => import('./pages/OrdersPage.vue'), meta: { own: true, account: true } },
  { path: '/orders/:id', name: 'order', component: () => import('./pages/OrderPage.vue'), meta: { own: true, account: true } },
  { path: '/orders/:id/review', name: 'review', component: () => import('./pages/ReviewPage.vue'), meta: { own: true, account: true } },
  { path: '/sign-in', name: 'sign-in', component: () => import('./pages/SignInPage.vue'), meta: { own: true } },
  { path: '/sign-in/forgotten', name: 'forgotten', component: () => import('./pages/ForgottenPage.vue'), meta: { own: true } },
  { path: '/sign-up', name: 'sign-up', component: () => import('./pages/SignUpPage.vue'), meta: { own: true } },
  { path: '/account/verify-email/:key', name: 'verify-email', component: () => import('./pages/VerifyEmailPage.vue'), meta: { own: true } },
  { path: '/me', name: 'me', component: () => import('./pages/MePage.vue'), meta: { own: true } },
  { path: '/me/addresses', name: 'addresses', component: () => import('./pages/AddressesPage.vue'), meta: { own: true, account: true } },
  { path: '/me/favourites', name: 'favourites', component: () => import('./pages/FavouritesPage.vue'), meta: { own: true, account: true } },
  { path: '/coupons', name: 'coupons', component: () => import('./pages/CouponsPage.vue'), meta: { own: true } },
  { path: '/me/coupons', name: 'my-coupons', component: () => import('./pages/MyCouponsPage.vue'), meta: { own: true, account: true } },
  { path: '/me/searches', name: 'saved-searches', component: () => import('./pages/SavedSearchesPage.vue'), meta: { own: true, account: true } },
  { path: '/me/follows', name: 'follows', component: () => import('./pages/FollowsPage.vue'), meta: { own: true, account: true } },
  { path: '/me/history', name: 'history', component: () => import('./pages/HistoryPage.vue'), meta: { own: true } },
  { path: '/me/privacy', name: 'my-privacy', component: () => import('./pages/PrivacyPage.vue'), meta: { own: true } },
  { path: '/letters/stop', name: 'stop-letters', component: () => import('./pages/StopLettersPage.vue'), meta: { own: true } },
  { path: '/me/reviews', name: 'my-reviews', component: () => import('./pages/MyReviewsPage.vue'), meta: { own: true, account: true } },
  { path: '/me/profile', name: 'profile', component: () => import('./pages/ProfilePage.vue'), meta: { own: true, account: true } },
  { path: '/me/security', name: 'security', component: () => import('./pages/SecurityPage.vue'), meta: { own: true, account: true } },
  { path: '/promotion/:id', name: 'promotion', component: () => import('./pages/PromotionPage.vue') },
  { path: '/preview/product/:id', name: 'preview', component: () => import('./pages/PreviewPage.vue'), meta: { own: true, account: true, focused: true } },
  { path: '/:rest(.*)*', name: 'not-found', component: () => import('./pages/NotFoundPage.vue') },
]

/** The path under which a language lives; Chinese has none. */
export function basePath(locale: Locale): string {
  return locale === 'en' ? '/en/' : '/'
}

/** Where this place is found in each language; `fullPath` has no language prefix. */
export function localizedHrefs(fullPath: string): Record<Locale, string> {
  return { zh: fullPath, en: fullPath === '/' ? '/en/' : `/en${fullPath}` }
}

/** The language to show a page in instead of its own, or undefined when it is right as it is. */
export function otherLanguage(isOwn: boolean, locale: Locale, remembered: string | undefined): Locale | undefined {
  if (!isOwn || remembered === undefined) return undefined
  const wanted = asLocale(remembered)
  return wanted === locale ? undefined : wanted
}

/** What is jumped to stands below the header, which stays. */
const BELOW_HEADER_PX = 96

export function makeRouter(history: RouterHistory): Router {
  return createRouter({
    history,
    routes,
    scrollBehavior: (to, from, saved) => {
      if (saved) return saved
      if (to.hash) return { el: to.hash, top: BELOW_HEADER_PX }
      if (to.path === from.path) return false
      return { top: 0 }
    },
  })
}
