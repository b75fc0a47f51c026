import type { RequestParts, ShopFetch } from '@jishi/api'
import { send } from '@jishi/api'
import type { InjectionKey } from 'vue'
import { inject } from 'vue'
import type * as T from './types'
import type { Upload } from './upload'

export const BASE = '/api/v1/merchant'

type Filter = Record<string, string | readonly string[] | undefined>

type Call = <Answer>(method: string, path: string, parts?: RequestParts) => Promise<Answer>
type List = <Item>(path: string, query: Filter) => Promise<T.Page<Item>>

/** What the store's own page is made of: its categories and its decoration. */
const storeCalls = (call: Call, list: List) => ({
  storeCategories: () => list<T.StoreCategoryRow>('/store-categories', {}),
  makeStoreCategory: (wish: T.StoreCategoryWish) => call<T.StoreCategoryRow>('POST', '/store-categories', { body: wish }),
  changeStoreCategory: (id: string, wish: T.StoreCategoryWish) => call<T.Page<T.StoreCategoryRow>>('PUT', `/store-categories/${id}`, { body: wish }),
  removeStoreCategory: (id: string) => call<T.Page<T.StoreCategoryRow>>('DELETE', `/store-categories/${id}`),
  arrangeStoreCategories: (ids: readonly string[]) => call<T.Page<T.StoreCategoryRow>>('PUT', '/store-category-order', { body: { store_category_ids: ids } }),
  putIn: (id: string, productIds: readonly string[]) => call<undefined>('POST', `/store-categories/${id}/put-in`, { body: { product_ids: productIds } }),
  takeOut: (id: string, productIds: readonly string[]) => call<undefined>('POST', `/store-categories/${id}/take-out`, { body: { product_ids: productIds } }),
  decoration: () => call<T.Decoration>('GET', '/decoration'),
  saveDecoration: (blocks: readonly T.DecorationBlock[], version: number) => call<T.Decoration>('PUT', '/decoration', { body: { blocks, version } }),
  publishDecoration: (version: number) => call<T.Decoration>('POST', '/decoration/publish', { body: { version } }),
  decorationVersions: () => list<T.DecorationVersionRow>('/decoration/versions', {}),
  restoreDecoration: (number: number, version: number) => call<T.Decoration>('POST', `/decoration/versions/${number}/restore`, { body: { version } }),
  previewDecoration: () => call<T.PreviewAddress>('GET', '/decoration/preview'),
})

/** Looking at promotions before they go live, and what goods cost. */
const checkCalls = (call: Call) => ({
  checkPromotion: (request: T.CheckRequest) => call<T.PromotionCheckAnswer>('POST', '/promotions/checks', { body: request }),
  previewPrice: (request: T.PricePreviewRequest) => call<T.PricePreview>('POST', '/promotions/previews', { body: request }),
  setCosts: (costs: readonly T.CostWish[]) => call<undefined>('PUT', '/sku-costs', { body: { costs } }),
})

/** What the store offers cheaper, and what came of it. */
const promotionCalls = (call: Call, list: List) => ({
  promotions: (filter: Filter) => list<T.PromotionForMerchant>('/promotions', filter),
  promotion: (id: string) => call<T.PromotionForMerchant>('GET', `/promotions/${id}`),
  draftPromotion: (wish: T.PromotionWish, key: string) => call<T.PromotionForMerchant>('POST', '/promotions', { body: wish, headers: { 'Idempotency-Key': key } }),
  changePromotion: (id: string, change: T.PromotionChange) => call<T.PromotionForMerchant>('PUT', `/promotions/${id}`, { body: change }),
  movePromotion: (id: string, to: string) => call<T.PromotionForMerchant>('POST', `/promotions/${id}/move`, { body: { to } }),
  promotionVersions: (id: string, filter: Filter) => list<T.PromotionVersionRow>(`/promotions/${id}/versions`, filter),
  promotionResults: (id: string) => call<T.PromotionResults>('GET', `/promotions/${id}/results`),
  promotionCalendar: (month: string) => list<T.PromotionForMerchant>('/promotion-calendar', { month }),
  samplePromotion: (wish: T.PromotionSampleWish) => call<T.PromotionSample>('POST', '/promotion-sample', { body: wish }),
})

/** Coupons of the store: written, given, and what became of them. */
const couponCalls = (call: Call, list: List) => ({
  couponTemplates: (filter: Filter) => list<T.CouponTemplate>('/coupon-templates', filter),
  draftCoupon: (wish: T.CouponWish, key: string) => call<T.CouponTemplate>('POST', '/coupon-templates', { body: wish, headers: { 'Idempotency-Key': key } }),
  changeCoupon: (id: string, wish: T.CouponWish) => call<T.CouponTemplate>('PUT', `/coupon-templates/${id}`, { body: wish }),
  couponFigures: (id: string) => call<T.CouponFigures>('GET', `/coupon-templates/${id}/figures`),
  giveGoodwill: (orderId: string, wish: T.GoodwillWish) => call<{ coupon_id: string }>('POST', `/orders/${orderId}/goodwill`, { body: wish }),
  moveCoupon: (id: string, to: string) => call<T.CouponTemplate>('POST', `/coupon-templates/${id}/move`, { body: { to } }),
  makeCodes: (id: string, wish: T.CodesWish, key: string) => call<{ count: number }>('POST', `/coupon-templates/${id}/codes`, { body: wish, headers: { 'Idempotency-Key': key } }),
})

/** The platform's events and our entries in them. */
const eventCalls = (call: Call, list: List) => ({
  events: () => list<T.SaleEvent>('/events', {}),
  enrol: (id: string, productIds: readonly string[]) => call<T.SaleEvent>('PUT', `/events/${id}/entry`, { body: { product_ids: productIds } }),
  withdraw: (id: string) => call<T.SaleEvent>('DELETE', `/events/${id}/entry`),
})

/** What we sell ahead, and orders of it that we cannot deliver. */
const presaleCalls = (call: Call, list: List) => ({
  presales: (filter: Filter) => list<T.MerchantPresale>('/presales', filter),
  makePresale: (wish: T.PresaleWish) => call<T.MerchantPresale>('POST', '/presales', { body: wish }),
  stopPresale: (id: string) => call<undefined>('DELETE', `/presales/${id}`),
  giveUp: (orderId: string, reason: string) => call<T.MerchantOrder>('POST', `/orders/${orderId}/give-up`, { body: { reason } }),
})

/** Flash sales: the sessions to come and what we offer in them. */
const flashCalls = (call: Call, list: List) => ({
  flashSessions: () => list<T.FlashSession>('/flash/sessions', {}),
  flashApplications: (filter: Filter) => list<T.FlashApplication>('/flash/applications', filter),
  applyFlash: (wish: T.FlashWish) => call<T.FlashApplication>('POST', '/flash/applications', { body: wish }),
  withdrawFlash: (id: string) => call<undefined>('DELETE', `/flash/applications/${id}`),
})

/** The merchant's side of the API. Raises: ShopProblem. */
export function makeMerchant(shopFetch: ShopFetch, origin: string, upload: Upload, uploadFilm: Upload, uploadTable: Upload<T.ImportDetail>, uploadZip: (id: string) => Upload<T.ImportRun>) {
  const call = <Answer>(method: string, path: string, parts: RequestParts = {}) => send<Answer>(shopFetch, origin, method, `${BASE}${path}`, parts)
  const list = <Item>(path: string, query: Filter) => call<T.Page<Item>>('GET', path, { query })
  return {
    profile: () => call<T.MerchantProfile>('GET', '/profile'),
    changeProfile: (change: object) => call<T.MerchantProfile>('PATCH', '/profile', { body: change }),
    staff: () => list<T.StaffMember>('/staff', {}),
    addStaff: (wish: { login: string; role: string }) => call<T.StaffMember>('POST', '/staff', { body: wish }),
    changeRole: (userId: string, role: string) => call<T.StaffMember>('PATCH', `/staff/${userId}`, { body: { role } }),
    removeStaff: (userId: string) => call<undefined>('DELETE', `/staff/${userId}`),
    audit: (filter: Filter) => list<T.AuditRow>('/audit', filter),
    orders: (filter: Filter) => list<T.OrderRow>('/orders', filter),
    order: (id: string) => call<T.MerchantOrder>('GET', `/orders/${id}`),
    ship: (id: string, wish: T.ParcelWish, key: string) => call<T.Parcel>('POST', `/orders/${id}/parcels`, { body: wish, headers: { 'Idempotency-Key': key } }),
    refund: (id: string, wish: T.RefundWish, key: string) => call<T.Refund>('POST', `/orders/${id}/refunds`, { body: wish, headers: { 'Idempotency-Key': key } }),
    previewRefund: (id: string, wish: T.RefundWish) => call<T.RefundPreview>('POST', `/orders/${id}/refunds/preview`, { body: wish }),
    carriers: () => list<T.Carrier>('/carriers', {}),
    products: (filter: Filter) => list<T.ProductRow>('/products', filter),
    product: (id: string) => call<T.ProductForMerchant>('GET', `/products/${id}`),
    createProduct: (wish: T.ProductWish, key: string, sharedId?: string) => call<T.ProductForMerchant>('POST', '/products', { body: { wish, shared_product_id: sharedId ?? null }, headers: { 'Idempotency-Key': key } }),
    sharedProducts: (filter: Filter) => list<T.SharedRow>('/shared-products', filter),
    sharedProduct: (id: string) => call<T.ProductWish>('GET', `/shared-products/${id}`),
    saveProduct: (id: string, wish: T.ProductWish, version: number) => call<T.ProductForMerchant>('PUT', `/products/${id}`, { body: { wish, version } }),
    moveProduct: (id: string, move: 'submit' | 'put-on-shelf' | 'take-off-shelf') => call<T.ProductForMerchant>('POST', `/products/${id}/${move}`),
    previewEdit: (wish: T.PreviewWish) => call<T.Page<T.EditPreview>>('POST', '/product-edits/preview', { body: wish }),
    editProduct: (id: string, wish: T.EditWish, key: string) => call<T.ProductForMerchant>('POST', `/products/${id}/edits`, { body: wish, headers: { 'Idempotency-Key': key } }),
    stockProduct: (id: string, wish: T.ProductStockWish, key: string) => call<undefined>('POST', `/products/${id}/stock`, { body: wish, headers: { 'Idempotency-Key': key } }),
    planShelf: (id: string, plan: T.ShelfPlan) => call<T.ProductForMerchant>('PUT', `/products/${id}/shelf-plan`, { body: plan }),
    versions: (id: string, filter: Filter) => list<T.VersionRow>(`/products/${id}/versions`, filter),
    restoreVersion: (id: string, number: number, version: number) => call<T.ProductForMerchant>('POST', `/products/${id}/versions/${number}/restore`, { body: { version } }),
    prices: (skuId: string, filter: Filter) => list<T.OfferedPrice>(`/skus/${skuId}/prices`, filter),
    ...storeCalls(call, list),
    ...checkCalls(call),
    ...promotionCalls(call, list),
    ...couponCalls(call, list),
    ...eventCalls(call, list),
    ...flashCalls(call, list),
    ...presaleCalls(call, list),
    categories: () => list<T.CategoryNode>('/categories', {}),
    attributes: (categoryId: string) => list<T.CategoryAttribute>(`/categories/${categoryId}/attributes`, {}),
    factChoices: () => call<T.FactChoices>('GET', '/fact-choices'),
    brands: (filter: Filter) => list<T.BrandRow>('/brands', filter),
    askBrand: (id: string, wish: T.AuthorisationWish) => call<undefined>('POST', `/brands/${id}/authorisation`, { body: wish }),
    imports: (filter: Filter) => list<T.ImportRun>('/imports', filter),
    importDetail: (id: string) => call<T.ImportDetail>('GET', `/imports/${id}`),
    importProgress: (id: string) => call<T.ImportRun>('GET', `/imports/${id}/progress`),
    checkImport: (id: string, wish: T.ImportCheck) => call<T.ImportRun>('POST', `/imports/${id}/check`, { body: wish }),
    startImport: (id: string) => call<T.ImportRun>('POST', `/imports/${id}/start`),
    refusedRows: (id: string, filter: Filter) => list<T.RefusedRow>(`/imports/${id}/refused`, filter),
    stock: (filter: Filter) => list<T.StockRow>('/stock', filter),
    movements: (filter: Filter) => list<T.Movement>('/stock/movements', filter),
    receive: (body: T.ReceiptWish) => call<undefined>('POST', '/stock/receipts', { body }),
    count: (body: T.CountWish) => call<undefined>('POST', '/stock/counts', { body }),
    codePools: (filter: Filter) => list<T.CodePool>('/codes', filter),
    addCodes: (body: T.CodeUpload) => call<T.CodesAdded>('POST', '/codes', { body }),
    redeem: (code: string) => call<T.Redeemed>('POST', '/vouchers/redeem', { body: { code } }),
    warehouses: () => list<T.Warehouse>('/warehouses', {}),
    dashboard: () => call<T.Dashboard>('GET', '/dashboard'),
    reviews: (filter: Filter) => list<T.OwnReview>('/reviews', filter),
    reply: (id: string, text: string) => call<T.OwnReview>('PUT', `/reviews/${id}/reply`, { body: { text } }),
    statements: (filter: Filter) => list<T.StatementRow>('/statements', filter),
    statement: (id: string, filter: Filter = {}) => call<T.Statement>('GET', `/statements/${id}`, { query: filter }),
    confirmStatement: (id: string) => call<T.StatementRow>('POST', `/statements/${id}/confirm`),
    upload,
    uploadFilm,
    uploadTable,
    uploadZip,
  }
}

export type Merchant = ReturnType<typeof makeMerchant>

export const MERCHANT: InjectionKey<Merchant> = Symbol('merchant')

export function useMerchant(): Merchant {
  const found = inject(MERCHANT)
  if (!found) throw new Error('the app gives no merchant API')
  return found
}
