import type {
  Address,
  AddressWish,
  Cart,
  CartLineChange,
  CartLineWish,
  CategoryDetail,
  CategoryNode,
  Channel,
  Home,
  Me,
  Order,
  OrderRow,
  Page,
  PaymentStart,
  PaymentSummary,
  ProductCard,
  ProductDetail,
  Quote,
  QuoteRequest,
  RequestParts,
  SearchResult,
  ShopFetch,
  Store,
  Suggestion,
  Trade,
} from '@jishi/api'
import { send } from '@jishi/api'
import type { InjectionKey } from 'vue'
import { inject } from 'vue'

export type SearchQuery = Record<string, string | number | boolean | readonly string[] | undefined>

const STORE = '/api/v1/store'

/** Everything the storefront asks of the API, one function per question. Each raises ShopProblem. */
export function makeShop(shopFetch: ShopFetch, origin: string) {
  const call = <T>(method: string, path: string, parts?: RequestParts) => send<T>(shopFetch, origin, method, `${STORE}${path}`, parts)
  return {
    home: () => call<Home>('GET', '/home'),
    categories: () => call<Page<CategoryNode>>('GET', '/categories'),
    category: (id: string) => call<CategoryDetail>('GET', `/categories/${id}`),
    products: (query: SearchQuery) => call<Page<ProductCard>>('GET', '/products', { query }),
    search: (query: SearchQuery) => call<SearchResult>('GET', '/search', { query }),
    suggestions: (words: string, signal: AbortSignal) => call<{ items: Suggestion[] }>('GET', '/suggestions', { query: { words }, signal }),
    product: (id: string) => call<ProductDetail>('GET', `/products/${id}`),
    store: (id: string) => call<Store>('GET', `/stores/${id}`),

    cart: () => call<Cart>('GET', '/cart/lines'),
    addToCart: (wish: CartLineWish) => call<Cart>('POST', '/cart/lines', { body: wish }),
    changeCartLine: (id: string, change: CartLineChange) => call<Cart>('PATCH', `/cart/lines/${id}`, { body: change }),
    selectCartLines: (line_ids: readonly string[], is_selected: boolean) => call<Cart>('PATCH', '/cart/lines', { body: { line_ids, is_selected } }),
    removeCartLines: (line_id: readonly string[]) => call<Cart>('DELETE', '/cart/lines', { query: { line_id } }),

    quote: (wish: QuoteRequest) => call<Quote>('POST', '/quotes', { body: wish }),
    placeTrade: (quote: Pick<Quote, 'id' | 'total'>, key: string) =>
      call<Trade>('POST', '/trades', { body: { quote_id: quote.id, expected_total: quote.total }, headers: { 'Idempotency-Key': key } }),
    trade: (id: string) => call<Trade>('GET', `/trades/${id}`),
    payment: (tradeId: string, returned: boolean) => call<PaymentSummary>('GET', `/trades/${tradeId}/payments`, { query: { returned } }),
    pay: (tradeId: string, channel: Channel, client: 'desktop' | 'phone') =>
      call<PaymentStart>('POST', `/trades/${tradeId}/payments`, { body: { channel, client } }),

    orders: (query: SearchQuery) => call<Page<OrderRow>>('GET', '/orders', { query }),
    order: (id: string) => call<Order>('GET', `/orders/${id}`),
    cancelOrder: (id: string, reason: string) => call<Order>('POST', `/orders/${id}/cancel`, { body: { reason } }),
    confirmReceipt: (id: string) => call<Order>('POST', `/orders/${id}/confirm-receipt`),

    me: () => call<Me>('GET', '/me'),
    changeMe: (change: { nickname?: string; language?: string }) => call<Me>('PATCH', '/me', { body: change }),
    addresses: () => call<Page<Address>>('GET', '/addresses'),
    addAddress: (wish: AddressWish) => call<Address>('POST', '/addresses', { body: wish }),
    changeAddress: (id: string, wish: AddressWish) => call<Address>('PATCH', `/addresses/${id}`, { body: wish }),
    removeAddress: (id: string) => call<undefined>('DELETE', `/addresses/${id}`),
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
