import type {
  AddressChange,
  AddressWish,
  CartLineChange,
  CartLineWish,
  Channel,
  Me,
  MeChange,
  OrderStatus,
  PaymentStart,
  PaymentSummary,
  Quote,
  QuoteRequest,
  SearchSort,
  ShopFetch,
  ShopText,
  Trade,
} from '@jishi/api'
import { answerOf, makeClient } from '@jishi/api'
import type { InjectionKey } from 'vue'
import { inject } from 'vue'
import type { ShelfWish } from '../catalog/shelves'
import { behaviour } from './behaviour'
import type { Upload } from './community'
import { interests, reviews, searches } from './community'
import { coupons } from './coupons'
import { flash } from './flash'
import { promotions } from './promotions'
import { recommendations } from './recommendations'

/** A question to search; attributes as `code:value`. */
export interface SearchQuery {
  store_category_id?: string
  q?: string
  category_id?: string
  merchant_id?: string
  brand_id?: string[]
  price_from_minor?: number
  price_to_minor?: number
  in_stock?: boolean
  attribute?: string[]
  any_words?: string
  none_words?: string
  phrase?: string
  in_title?: boolean
  rating_from_hundredths?: number
  published_days?: number
  ships_from?: string[]
  delivery?: ('standard' | 'express' | 'same_city')[]
  range?: string[]
  sort?: SearchSort
  cursor?: string
}

/** Browsing: what everybody may see. */
function catalogue(client: ReturnType<typeof makeClient>) {
  return {
    home: () => answerOf(client.GET('/api/v1/store/home')),
    categories: () => answerOf(client.GET('/api/v1/store/categories')),
    category: (id: string) => answerOf(client.GET('/api/v1/store/categories/{category_id}', { params: { path: { category_id: id } } })),
    products: (cursor?: string) => answerOf(client.GET('/api/v1/store/products', { params: { query: cursor ? { cursor } : {} } })),
    goods: (wish: ShelfWish) => answerOf(client.GET('/api/v1/store/products', { params: { query: wish } })),
    product: (id: string) => answerOf(client.GET('/api/v1/store/products/{product_id}', { params: { path: { product_id: id } } })),
    preview: (id: string, number?: number) => answerOf(client.GET('/api/v1/store/previews/{product_id}', { params: { path: { product_id: id }, query: number ? { number } : {} } })),
    store: (id: string) => answerOf(client.GET('/api/v1/store/stores/{merchant_id}', { params: { path: { merchant_id: id } } })),
    event: (slug: string) => answerOf(client.GET('/api/v1/store/events/{event_slug}', { params: { path: { event_slug: slug } } })),
    storeFront: (id: string) => answerOf(client.GET('/api/v1/store/stores/{merchant_id}/front', { params: { path: { merchant_id: id } } })),
    storeCategories: (id: string) => answerOf(client.GET('/api/v1/store/stores/{merchant_id}/categories', { params: { path: { merchant_id: id } } })),
    text: (code: ShopText['code']) => answerOf(client.GET('/api/v1/store/texts/{text_code}', { params: { path: { text_code: code } } })),
    search: (query: SearchQuery) => answerOf(client.GET('/api/v1/store/search', { params: { query } })),
    suggestions: (words: string, signal: AbortSignal) => answerOf(client.GET('/api/v1/store/suggestions', { params: { query: { q: words } }, signal })),
  }
}

/** Cart and checkout. */
function checkout(client: ReturnType<typeof makeClient>) {
  return {
    cart: () => answerOf(client.GET('/api/v1/store/cart/lines')),
    addToCart: (wish: CartLineWish) => answerOf(client.POST('/api/v1/store/cart/lines', { body: wish })),
    changeCartLine: (id: string, change: CartLineChange) =>
      answerOf(client.PATCH('/api/v1/store/cart/lines/{line_id}', { params: { path: { line_id: id } }, body: change })),
    selectCartLines: (line_ids: string[], is_selected: boolean) => answerOf(client.PATCH('/api/v1/store/cart/lines', { body: { line_ids, is_selected } })),
    removeCartLines: (line_id: string[]) => answerOf(client.DELETE('/api/v1/store/cart/lines', { params: { query: { line_id } } })),
    quote: (wish: QuoteRequest) => answerOf(client.POST('/api/v1/store/quotes', { body: wish })),
  }
}

/** Trades, payments and orders. */
function orders(client: ReturnType<typeof makeClient>) {
  const path = (order_id: string) => ({ params: { path: { order_id } } })
  return {
    placeTrade: (quote: Pick<Quote, 'id' | 'total'>, key: string) =>
      answerOf(client.POST('/api/v1/store/trades', { params: { header: { 'Idempotency-Key': key } }, body: { quote_id: quote.id, expected_total: quote.total } })) as Promise<Trade>,
    trade: (trade_id: string) => answerOf(client.GET('/api/v1/store/trades/{trade_id}', { params: { path: { trade_id } } })) as Promise<Trade>,
    payment: (trade_id: string, returned: boolean) =>
      answerOf(client.GET('/api/v1/store/trades/{trade_id}/payments', { params: { path: { trade_id }, query: { returned } } })) as Promise<PaymentSummary>,
    pay: (trade_id: string, channel: Channel, device: 'desktop' | 'phone') =>
      answerOf(client.POST('/api/v1/store/trades/{trade_id}/payments', { params: { path: { trade_id } }, body: { channel, client: device } })) as Promise<PaymentStart>,
    orders: (status: readonly OrderStatus[], cursor?: string, limit?: number) =>
      answerOf(client.GET('/api/v1/store/orders', { params: { query: { status: [...status], ...(cursor ? { cursor } : {}), ...(limit ? { limit } : {}) } } })),
    order: (id: string) => answerOf(client.GET('/api/v1/store/orders/{order_id}', path(id))),
    cancellation: (id: string) => answerOf(client.GET('/api/v1/store/orders/{order_id}/cancellation', path(id))),
    cancelOrder: (id: string, reason: string) => answerOf(client.POST('/api/v1/store/orders/{order_id}/cancel', { ...path(id), body: { reason } })),
    confirmReceipt: (id: string) => answerOf(client.POST('/api/v1/store/orders/{order_id}/confirm-receipt', path(id))),
  }
}

/** Oneself and one's addresses. */
function account(client: ReturnType<typeof makeClient>, upload: Upload) {
  const path = (address_id: string) => ({ params: { path: { address_id } } })
  return {
    me: () => answerOf(client.GET('/api/v1/store/me')),
    changeMe: (change: MeChange) => answerOf(client.PATCH('/api/v1/store/me', { body: change })),
    uploadAvatar: (file: File) => upload<Me>('/api/v1/store/me/avatar', file),
    removeAvatar: async (): Promise<void> => {
      await client.DELETE('/api/v1/store/me/avatar')
    },
    addresses: () => answerOf(client.GET('/api/v1/store/addresses')),
    addAddress: (wish: AddressWish) => answerOf(client.POST('/api/v1/store/addresses', { body: wish })),
    changeAddress: (id: string, change: AddressChange) => answerOf(client.PATCH('/api/v1/store/addresses/{address_id}', { ...path(id), body: change })),
    removeAddress: async (id: string): Promise<void> => {
      await client.DELETE('/api/v1/store/addresses/{address_id}', path(id))
    },
  }
}

/** Everything the storefront asks of the API, one function per question. Each raises ShopProblem. */
export function makeShop(shopFetch: ShopFetch, origin: string) {
  const client = makeClient(shopFetch, origin)
  const upload: Upload = async (path, file) => {
    const body = new FormData()
    body.append('file', file)
    const response = await shopFetch(new Request(`${origin}${path}`, { method: 'POST', body }))
    return (await response.json()) as never
  }
  return {
    /** For what only a few pages ask, so that the others do not carry it. */
    client,
    ...catalogue(client),
    ...checkout(client),
    ...flash(client),
    ...orders(client),
    ...account(client, upload),
    ...reviews(client, upload),
    ...interests(client),
    ...searches(client, upload),
    ...promotions(client),
    ...recommendations(client),
    ...behaviour(client),
    ...coupons(client),
  }
}

export type Shop = ReturnType<typeof makeShop>

export const SHOP: InjectionKey<Shop> = Symbol('shop')

/** The API of the shop. */
export function useShop(): Shop {
  const found = inject(SHOP)
  if (!found) throw new Error('the app gives no shop')
  return found
}
