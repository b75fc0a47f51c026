import type { Router, RouteRecordRaw } from 'vue-router'
import { createRouter, createWebHistory } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./pages/HomePage.vue') },
  { path: '/orders', name: 'orders', component: () => import('./pages/OrdersPage.vue') },
  { path: '/orders/slips', name: 'slips', component: () => import('./pages/SlipPage.vue') },
  { path: '/orders/:id', name: 'order', component: () => import('./pages/OrderPage.vue'), props: true },
  { path: '/orders/:id/slip', name: 'slip', component: () => import('./pages/SlipPage.vue'), props: true },
  { path: '/products', name: 'products', component: () => import('./pages/ProductsPage.vue') },
  { path: '/products/new', name: 'product-new', component: () => import('./pages/ProductPage.vue'), props: (route) => ({ copyOf: typeof route.query.copy === 'string' ? route.query.copy : undefined }) },
  { path: '/products/store-categories', name: 'store-categories', component: () => import('./pages/StoreCategoriesPage.vue') },
  { path: '/products/imports', name: 'imports', component: () => import('./pages/ImportsPage.vue') },
  { path: '/products/imports/:id', name: 'import', component: () => import('./pages/ImportPage.vue'), props: true },
  { path: '/products/:id', name: 'product', component: () => import('./pages/ProductPage.vue'), props: true },
  { path: '/promotions', name: 'promotions', component: () => import('./pages/PromotionsPage.vue') },
  { path: '/promotions/new', name: 'promotion-new', component: () => import('./pages/PromotionWizardPage.vue'), props: (route) => ({ copyOf: typeof route.query.copy === 'string' ? route.query.copy : undefined }) },
  { path: '/promotions/calendar', name: 'promotion-calendar', component: () => import('./pages/PromotionCalendarPage.vue') },
  { path: '/promotions/:id', name: 'promotion', component: () => import('./pages/PromotionPage.vue'), props: true },
  { path: '/promotions/:id/edit', name: 'promotion-edit', component: () => import('./pages/PromotionWizardPage.vue'), props: true },
  { path: '/promotions/:id/check', name: 'promotion-check', component: () => import('./pages/PromotionCheckPage.vue'), props: true },
  { path: '/coupons', name: 'coupons', component: () => import('./pages/CouponsPage.vue') },
  { path: '/events', name: 'events', component: () => import('./pages/EventsPage.vue') },
  { path: '/presales', name: 'presales', component: () => import('./pages/PresalesPage.vue') },
  { path: '/flash', name: 'flash', component: () => import('./pages/FlashPage.vue') },
  { path: '/decoration', name: 'decoration', component: () => import('./pages/DecorationPage.vue') },
  { path: '/reviews', name: 'reviews', component: () => import('./pages/ReviewsPage.vue') },
  { path: '/stock', name: 'stock', component: () => import('./pages/StockPage.vue') },
  { path: '/stock/movements', name: 'movements', component: () => import('./pages/MovementsPage.vue') },
  { path: '/vouchers', name: 'vouchers', component: () => import('./pages/VouchersPage.vue') },
  { path: '/statements', name: 'statements', component: () => import('./pages/StatementsPage.vue') },
  { path: '/statements/:id', name: 'statement', component: () => import('./pages/StatementPage.vue'), props: true },
  { path: '/staff', name: 'staff', component: () => import('./pages/StaffPage.vue') },
  { path: '/audit', name: 'audit', component: () => import('./pages/AuditPage.vue') },
  { path: '/settings', name: 'settings', component: () => import('./pages/SettingsPage.vue') },
  { path: '/no-store', name: 'no-store', component: () => import('./pages/NoStorePage.vue') },
  { path: '/:rest(.*)*', redirect: '/' },
]

/** The addresses of the merchant centre, below /merchant/. */
export function makeRouter(): Router {
  return createRouter({ history: createWebHistory('/merchant/'), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } })
}
