import type { Address, CartLineWish, Quote, QuoteRequest, ShippingMethod, Trade } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { computed, reactive, ref, shallowRef, watch } from 'vue'
import type { LocationQuery } from 'vue-router'
import type { Shop } from '../api/shop'

/** What stands between the buyer and his order. */
export type Obstacle =
  | { kind: 'changed'; before: Quote; after: Quote }
  | { kind: 'short'; titles: string[] }
  | { kind: 'unknown_outcome' }
  | { kind: 'problem'; problem: ShopProblem }

export interface CheckoutOptions {
  shop: Pick<Shop, 'quote' | 'placeTrade'>
  /** The lines of "buy now"; undefined for the selected lines of the cart. */
  lines: CartLineWish[] | undefined
  newKey: () => string
}

function isQuote(value: unknown): value is Quote {
  return typeof value === 'object' && value !== null && 'orders' in value && 'total' in value
}

/** The titles that fell short, as the problem names them, else by the quote's own lines. */
function shortTitles(problem: ShopProblem, quote: Quote): string[] {
  const named = problem.problem.data?.lines ?? problem.problem.data?.sku_ids
  const ids = Array.isArray(named) ? named.map((line: unknown) => (typeof line === 'string' ? line : String((line as { sku_id?: unknown }).sku_id))) : []
  const lines = quote.orders.flatMap((order) => order.lines)
  return lines.filter((line) => ids.includes(line.sku_id)).map((line) => (line.choice_name ? `${line.title}（${line.choice_name}）` : line.title))
}

/** What is chosen and the quote for it, asked for anew with every other address or method. */
function useQuote(shop: CheckoutOptions['shop'], lines: CartLineWish[] | undefined) {
  const wish = reactive<{ address_id: string | undefined; shipping: Record<string, ShippingMethod>; notes: Record<string, string>; coupons: string[] | undefined }>({
    address_id: undefined,
    coupons: undefined,
    shipping: {},
    notes: {},
  })
  const quote = shallowRef<Quote>()
  const quoteProblem = shallowRef<ShopProblem>()
  const isQuoting = ref(false)
  let quotedNotes = ''
  let turn = 0

  function request(): QuoteRequest {
    const made: QuoteRequest = { shipping: { ...wish.shipping }, notes: { ...wish.notes } }
    if (lines) made.lines = lines
    if (wish.address_id) made.address_id = wish.address_id
    if (wish.coupons) made.coupons = [...wish.coupons]
    return made
  }

  /** Price what is chosen now; an older answer never overtakes a newer one. */
  async function refresh(): Promise<void> {
    turn += 1
    const mine = turn
    isQuoting.value = true
    const asked = request()
    try {
      const answer = await shop.quote(asked)
      if (mine !== turn) return
      quote.value = answer
      quotedNotes = JSON.stringify(asked.notes)
      quoteProblem.value = undefined
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      if (mine === turn) quoteProblem.value = error
    } finally {
      if (mine === turn) isQuoting.value = false
    }
  }

  /**
   * The quote with the notes as they are now: a note costs nothing, so it is not worth a quote at every key, but it
   * goes with a quote. Undefined when there is none.
   */
  async function withNotes(): Promise<Quote | undefined> {
    if (!quote.value || JSON.stringify(wish.notes) === quotedNotes) return quote.value
    await refresh()
    return quoteProblem.value || isQuoting.value ? undefined : quote.value
  }

  watch(
    () => [wish.address_id, JSON.stringify(wish.shipping), JSON.stringify(wish.coupons)],
    () => void refresh(),
  )
  return { wish, quote, quoteProblem, isQuoting, refresh, withNotes }
}

/**
 * One checkout: what is chosen, the quote for it, and the order. The idempotency key belongs to the quote: pressing
 * again after a broken connection asks for the same order, a new quote is a new order.
 */
export function useCheckout({ shop, lines, newKey }: CheckoutOptions) {
  const { wish, quote, quoteProblem, isQuoting, refresh, withNotes } = useQuote(shop, lines)
  const obstacle = shallowRef<Obstacle>()
  const isPlacing = ref(false)
  let key: { quote_id: string; value: string } | undefined

  function keyOf(id: string): string {
    if (key?.quote_id !== id) key = { quote_id: id, value: newKey() }
    return key.value
  }

  function refused(error: ShopProblem, before: Quote): Obstacle {
    const after = error.problem.data?.quote
    if (error.code === 'cart_changed' && isQuote(after)) {
      quote.value = after
      return { kind: 'changed', before, after }
    }
    if (error.code === 'out_of_stock') return { kind: 'short', titles: shortTitles(error, before) }
    // No answer, or a server in trouble: the order may exist. The same key will find it.
    if (error.status === 0 || error.status >= 500) return { kind: 'unknown_outcome' }
    return { kind: 'problem', problem: error }
  }

  /** The quote to buy; undefined when it would cost anything else than what the buyer has read. */
  async function confirmed(): Promise<Quote | undefined> {
    const before = quote.value
    if (obstacle.value?.kind === 'unknown_outcome') return before // the order may exist, with its note
    obstacle.value = undefined
    const after = await withNotes()
    if (!before || !after || after.total.amount_minor === before.total.amount_minor) return after
    obstacle.value = { kind: 'changed', before, after }
    return undefined
  }

  /** Place the order; undefined when something stands in the way. */
  async function place(): Promise<Trade | undefined> {
    if (isPlacing.value || isQuoting.value) return undefined
    isPlacing.value = true
    try {
      const chosen = await confirmed()
      return chosen && (await buy(chosen))
    } finally {
      isPlacing.value = false
    }
  }

  async function buy(chosen: Quote): Promise<Trade | undefined> {
    obstacle.value = undefined
    try {
      return await shop.placeTrade(chosen, keyOf(chosen.id))
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      obstacle.value = refused(error, chosen)
      return undefined
    }
  }

  return { wish, quote, obstacle, quoteProblem, isQuoting, isPlacing, canPlace: computed(() => Boolean(quote.value && (quote.value.address_id ?? quote.value.needs_address === false)) && !isQuoting.value), refresh, place }
}

const PIECES_MAX = 9999

/** The one line of "buy now" that an address names (`?sku=…&quantity=2`); undefined for a checkout of the cart. */
export function buyNowLines(query: LocationQuery): CartLineWish[] | undefined {
  const sku_id = typeof query.sku === 'string' ? query.sku : ''
  if (!sku_id) return undefined
  const quantity = Number(query.quantity)
  return [{ sku_id, quantity: Number.isInteger(quantity) && quantity >= 1 && quantity <= PIECES_MAX ? quantity : 1 }]
}

/** The address a checkout starts with: the default one, else the first. */
export function firstAddress(addresses: readonly Address[]): Address | undefined {
  return addresses.find((address) => address.is_default) ?? addresses[0]
}
