import type { Money, Presale, PresaleQuoteRequest } from '@jishi/api'
import { answerOf } from '@jishi/api'
import { useUi } from '@jishi/ui'
import { computed } from 'vue'
import type { LocationQuery } from 'vue-router'
import type { Shop } from '../api/shop'
import en from '../i18n/presale/en'
import type { PresaleWords } from '../i18n/presale/zh'
import zh from '../i18n/presale/zh'

const WORDS: Record<'zh' | 'en', PresaleWords> = { zh, en }

/** The words of pre-sales in the page's language. */
export function usePresaleWords() {
  const { locale } = useUi()
  return computed(() => WORDS[locale.value])
}

/** Put values where a text names them in braces. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}

/** What a checkout's address says of a pre-sale; undefined when it is of something else. */
export function presaleOf(query: LocationQuery): { id: string; quantity: number } | undefined {
  if (typeof query.presale !== 'string' || !query.presale) return undefined
  const quantity = Number(query.quantity)
  return { id: query.presale, quantity: Number.isInteger(quantity) && quantity >= 1 && quantity <= 99 ? quantity : 1 }
}

/** What is paid now and what later of a total: the deposit of each piece, and all the rest. */
export function twoParts(deposit: Money, quantity: number, total: Money): { deposit: Money; balance: Money } {
  const now = deposit.amount_minor * quantity
  return { deposit: { ...deposit, amount_minor: now }, balance: { ...total, amount_minor: total.amount_minor - now } }
}

/** The pre-sale that a product page shows: that of the chosen variant, else the first. */
export function shownPresale(presales: readonly Presale[], skuId: string | undefined): Presale | undefined {
  return presales.find(({ sku_id }) => sku_id === skuId) ?? presales[0]
}

/** The next instant that somebody waits for. */
export function nextInstant({ stage, terms }: Pick<Presale, 'stage' | 'terms'>): string {
  if (stage === 'soon') return terms.deposit_from_at
  if (stage === 'waiting') return terms.balance_from_at
  return stage === 'balance' || stage === 'over' ? terms.balance_until_at : terms.deposit_until_at
}

/** Pre-sales: what a product is sold ahead for, the price in two parts, and the terms of an order. */
export function presales({ client }: Pick<Shop, 'client'>) {
  const path = (presale_id: string) => ({ params: { path: { presale_id } } })
  return {
    ofProduct: (product_id: string) => answerOf(client.GET('/api/v1/store/products/{product_id}/presales', { params: { path: { product_id } } })),
    one: (id: string) => answerOf(client.GET('/api/v1/store/presales/{presale_id}', path(id))),
    quote: (id: string, wish: PresaleQuoteRequest) => answerOf(client.POST('/api/v1/store/presales/{presale_id}/quotes', { ...path(id), body: wish })),
    ofOrder: (order_id: string) => answerOf(client.GET('/api/v1/store/orders/{order_id}/presale', { params: { path: { order_id } } })),
  }
}
