import { parseAmountMinor } from '@jishi/ui'
import type { MerchantPresale, Page, PresaleWish } from '../api/types'
import { instantOf } from './shelfPlan'
import type { ChosenSku } from './useSkuChoice'

export const PRESALES_AT_ONCE = 20
/** Civil Code art. 586: of a deposit, what exceeds a fifth of the price is none. */
const DEPOSIT_SHARE = 5
const DAY_MS = 24 * 3600 * 1000

/** What is filled in to sell ahead; amounts as typed, in yuan, times as China's clocks show them. */
export interface PresaleForm {
  sku: ChosenSku | undefined
  price: string
  deposit: string
  worth: string
  depositFrom: string
  depositUntil: string
  balanceFrom: string
  balanceUntil: string
  shipBy: string
  quota: number
  perBuyer: number
  returnsDeposit: boolean
}

/** What a form lacks before it can be sent. */
export type PresaleLack = 'sku' | 'price' | 'priceTooHigh' | 'worth' | 'deposit' | 'times' | 'balance' | 'shipBy' | 'perBuyer'

export const emptyPresaleForm = (): PresaleForm => ({ sku: undefined, price: '', deposit: '', worth: '', depositFrom: '', depositUntil: '', balanceFrom: '', balanceUntil: '', shipBy: '', quota: 50, perBuyer: 1, returnsDeposit: false })

type Amounts = Pick<PresaleWish, 'price_minor' | 'deposit_minor' | 'worth_minor'>
type Times = Pick<PresaleWish, 'deposit_from_at' | 'deposit_until_at' | 'balance_from_at' | 'balance_until_at' | 'ship_by_at'>

function amountsOf({ price, deposit, worth }: PresaleForm, usualMinor: number): Amounts | PresaleLack {
  const price_minor = parseAmountMinor(price) ?? 0
  const deposit_minor = parseAmountMinor(deposit) ?? 0
  const worth_minor = worth.trim() ? (parseAmountMinor(worth) ?? 0) : deposit_minor
  if (price_minor < 1) return 'price'
  if (price_minor > usualMinor) return 'priceTooHigh'
  if (deposit_minor < 1) return 'deposit'
  if (worth_minor < deposit_minor || worth_minor >= price_minor) return 'worth'
  if (deposit_minor * DEPOSIT_SHARE > price_minor - (worth_minor - deposit_minor)) return 'deposit'
  return { price_minor, deposit_minor, worth_minor }
}

function timesOf(form: PresaleForm): Times | PresaleLack {
  const [from, until, balanceFrom, balanceUntil, shipBy] = [form.depositFrom, form.depositUntil, form.balanceFrom, form.balanceUntil, form.shipBy].map(instantOf)
  if (!from || !until || Date.parse(until) <= Date.parse(from)) return 'times'
  if (!balanceFrom || !balanceUntil || Date.parse(balanceFrom) < Date.parse(until) || Date.parse(balanceUntil) - Date.parse(balanceFrom) < DAY_MS) return 'balance'
  if (!shipBy || Date.parse(shipBy) < Date.parse(balanceUntil)) return 'shipBy'
  return { deposit_from_at: from, deposit_until_at: until, balance_from_at: balanceFrom, balance_until_at: balanceUntil, ship_by_at: shipBy }
}

/** What a form sells ahead, or the first thing that it lacks. */
export function presaleWishOf(form: PresaleForm): PresaleWish | PresaleLack {
  if (!form.sku) return 'sku'
  const amounts = amountsOf(form, form.sku.priceMinor)
  if (typeof amounts === 'string') return amounts
  const times = timesOf(form)
  if (typeof times === 'string') return times
  if (form.perBuyer > form.quota) return 'perBuyer'
  return { sku_id: form.sku.id, ...amounts, ...times, quota: form.quota, per_buyer_max: form.perBuyer, returns_deposit: form.returnsDeposit }
}

/** Tell whether a pre-sale can still be stopped: it takes deposits, or will. */
export function canStop({ stage, stopped_at }: Pick<MerchantPresale, 'stage' | 'stopped_at'>): boolean {
  return !stopped_at && (stage === 'soon' || stage === 'deposit' || stage === 'sold_out')
}

/** A page with the cursor that the next one is asked by: the id of its last, if it was full. */
export function continuedPresales(page: Page<MerchantPresale>): Page<MerchantPresale> {
  const last = page.items.at(-1)
  return { ...page, next_cursor: last && page.items.length === PRESALES_AT_ONCE ? last.id : null }
}
