import type { Locale } from './locale'
import { grouped } from './numbers'

/** An amount as the API writes it: minor units (fen, cents) of a currency, never a fraction. */
export interface Money {
  amount_minor: number
  currency: string
}

/** A price cut into what is set small, large and small again. */
export interface MoneyParts {
  sign: '' | '-'
  symbol: string
  whole: string
  cents: string
}

const SYMBOLS: Record<string, string> = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', HKD: 'HK$', JPY: '¥', TWD: 'NT$' }
// Where the plain sign belongs to another currency for these readers.
const LOCAL_SYMBOLS: Record<Locale, Record<string, string>> = { zh: { USD: 'US$', JPY: 'JP¥' }, en: {} }
const DIGITS: Record<string, number> = { JPY: 0, KRW: 0, VND: 0 }

/** How many digits follow the point in this currency. */
export function minorDigits(currency: string): number {
  return DIGITS[currency] ?? 2
}

/** Cut an amount for display without ever going through a float: 1250 CNY → ¥ 12 .50 */
export function moneyParts(money: Money, locale: Locale): MoneyParts {
  const digits = minorDigits(money.currency)
  const absolute = Math.abs(money.amount_minor)
  const unit = 10 ** digits
  const whole = Math.trunc(absolute / unit)
  const cents = digits === 0 ? '' : `.${String(absolute % unit).padStart(digits, '0')}`
  return {
    sign: money.amount_minor < 0 ? '-' : '',
    symbol: LOCAL_SYMBOLS[locale][money.currency] ?? SYMBOLS[money.currency] ?? `${money.currency} `,
    whole: grouped(whole),
    cents,
  }
}

/** One line of text: `¥1,234.50`, `-¥3.00`. */
export function formatMoney(money: Money, locale: Locale): string {
  const parts = moneyParts(money, locale)
  return `${parts.sign}${parts.symbol}${parts.whole}${parts.cents}`
}

/** Add amounts of one currency. Raises: RangeError when the currencies differ. */
export function addMoney(amounts: readonly Money[], currency: string): Money {
  let total = 0
  for (const amount of amounts) {
    if (amount.currency !== currency) throw new RangeError(`cannot add ${amount.currency} to ${currency}`)
    total += amount.amount_minor
  }
  return { amount_minor: total, currency }
}

/** The amount `pieces` times. */
export function timesMoney(money: Money, pieces: number): Money {
  return { amount_minor: money.amount_minor * pieces, currency: money.currency }
}

/** Read what a person typed (`12`, `12.5`, `¥1,234.50`) as minor units; undefined when it is no amount. */
export function parseAmountMinor(text: string, currency = 'CNY'): number | undefined {
  const digits = minorDigits(currency)
  const cleaned = text.replace(/[\s,，¥￥$]/g, '').replace('。', '.')
  const match = /^(\d{1,12})(?:\.(\d*))?$/.exec(cleaned)
  if (!match) return undefined
  const fraction = match[2] ?? ''
  if (fraction.length > digits) return undefined
  return Number(match[1]) * 10 ** digits + Number(fraction.padEnd(digits, '0') || '0')
}
