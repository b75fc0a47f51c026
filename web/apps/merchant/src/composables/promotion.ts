import { parseAmountMinor } from '@jishi/ui'
import type { PromotionEffect, PromotionStage, PromotionWish } from '../api/types'
import { instantOf, shopTime } from './shelfPlan'

/** The kinds a merchant chooses from; several of them are one kind of effect to the price. */
export const KINDS = ['piece_off', 'spend_save', 'spend_share', 'pieces_share', 'each', 'second_half', 'buy_free', 'bundle', 'own_price', 'free_freight', 'gift', 'choose_gift'] as const
export type Kind = (typeof KINDS)[number]

export const STAGES = ['draft', 'coming', 'running', 'paused', 'over'] as const satisfies readonly PromotionStage[]
/** The steps of the wizard, in their order. */
export const STEPS = ['kind', 'terms', 'goods', 'time', 'limits', 'review'] as const
export type Step = (typeof STEPS)[number]

export interface TierText {
  from: string
  less: string
}
export interface PartText {
  skuIds: string[]
  pieces: number
}
export interface GiftText {
  skuId: string
  pieces: number
}

/** A promotion as it is typed: amounts in yuan, shares in per cent, both with two places; times are China's. */
export interface PromotionForm {
  kind: Kind | undefined
  name: { zh: string; en: string }
  isShare: boolean
  less: string
  cap: string
  tiers: TierText[]
  timesMax: number | undefined
  buy: number
  free: number
  isSameSku: boolean
  fromPieces: number
  prices: Record<string, string>
  parts: PartText[]
  bundlePrice: string
  isPieces: boolean
  isEach: boolean
  gifts: GiftText[]
  goods: Goods
  isNewOnly: boolean
  channels: Channel[]
  starts: string | null
  ends: string | null
  budget: string
  perBuyer: number | undefined
  priority: number
  stackGroup: string
  isExclusive: boolean
  isClawedBack: boolean
}
export type Goods = Record<'product_ids' | 'category_ids' | 'brand_ids' | 'tags' | 'excluded_product_ids', string[]>

export const TIERS_MAX = 10
/** Where somebody may buy: in a browser on a computer, on a phone, in an app. None chosen: anywhere. */
export const CHANNELS = ['web', 'mobile', 'app'] as const
export type Channel = (typeof CHANNELS)[number]
/** A copy of chosen goods; what is missing is empty. */
const goodsOf = (goods: Partial<Goods> = {}): Goods => ({ product_ids: [...(goods.product_ids ?? [])], category_ids: [...(goods.category_ids ?? [])], brand_ids: [...(goods.brand_ids ?? [])], tags: [...(goods.tags ?? [])], excluded_product_ids: [...(goods.excluded_product_ids ?? [])] })

export function emptyPromotion(): PromotionForm {
  return {
    kind: undefined, name: { zh: '', en: '' }, isShare: true, less: '', cap: '', tiers: [{ from: '', less: '' }], timesMax: undefined, buy: 2, free: 1, isSameSku: false, fromPieces: 1, prices: {}, parts: [], bundlePrice: '', isPieces: false, isEach: false, gifts: [],
    goods: goodsOf(), isNewOnly: false, channels: [], starts: null, ends: null, budget: '', perBuyer: undefined, priority: 0, stackGroup: '', isExclusive: false, isClawedBack: false,
  } // prettier-ignore
}

const text = (minor: number | null | undefined) => (minor ? (minor / 100).toFixed(2) : '')
/** What was typed in minor units (or basis points), above nothing; undefined for anything else. */
const above = (typed: string) => {
  const value = parseAmountMinor(typed)
  return value && value > 0 ? value : undefined
}
const isShareKind = (kind: Kind | undefined) => kind === 'spend_share' || kind === 'pieces_share'
const off = (value: number, isShare: boolean, cap: number | undefined) => ({ amount_minor: isShare ? 0 : value, basis_points: isShare ? value : 0, cap_minor: (isShare && cap) || null })

function tiersOf(form: PromotionForm): PromotionEffect | undefined {
  const isShare = isShareKind(form.kind)
  const tiers = form.tiers.flatMap(({ from, less }) => {
    const threshold = form.kind === 'pieces_share' ? wholeOf(from) : above(from)
    const value = above(less)
    return threshold && value ? [{ threshold, off: off(value, isShare, above(form.cap)) }] : []
  })
  if (tiers.length === 0 || tiers.length < form.tiers.length) return undefined
  return { kind: 'tiers', measure: form.kind === 'pieces_share' ? 'pieces' : 'amount', tiers, is_each: form.kind === 'each', times_max: (form.kind === 'each' && form.timesMax) || null }
}
const wholeOf = (typed: string) => (/^\d{1,4}$/.test(typed) && Number(typed) > 0 ? Number(typed) : undefined)

function pricesOf(form: PromotionForm): PromotionEffect | undefined {
  const prices = Object.entries(form.prices).map(([id, typed]) => [id, above(typed)] as const)
  if (prices.length === 0 || prices.some(([, price]) => !price)) return undefined
  return { kind: 'lower_price', prices: Object.fromEntries(prices) as Record<string, number>, from_pieces: form.fromPieces }
}

/** Free freight from a sum on; from the first piece when none was typed. */
function freightOf(form: PromotionForm): PromotionEffect | undefined {
  const from = form.tiers[0]?.from ?? ''
  const threshold = from ? above(from) : 0
  return threshold === undefined ? undefined : { kind: 'freight_off', off: off(10_000, true, undefined), measure: 'amount', threshold }
}

/** Gifts from a sum or some pieces on: all of them, or one of several that the buyer chooses. */
function giftOf(form: PromotionForm): PromotionEffect | undefined {
  const from = form.tiers[0]?.from ?? ''
  const threshold = form.isPieces ? wholeOf(from) : above(from)
  const isChosen = form.kind === 'choose_gift'
  if (!threshold || form.gifts.length < (isChosen ? 2 : 1)) return undefined
  return { kind: 'gift', measure: form.isPieces ? 'pieces' : 'amount', threshold, gifts: form.gifts.map(({ skuId, pieces }) => ({ sku_id: skuId, pieces })), is_chosen: isChosen, is_each: form.isEach, times_max: (form.isEach && form.timesMax) || null }
}

/** The effect that was typed; undefined while something is missing or wrong. */
export function effectOf(form: PromotionForm): PromotionEffect | undefined {
  const value = above(form.less)
  switch (form.kind) {
    case 'piece_off':
      return value ? { kind: 'piece_off', off: off(value, form.isShare, above(form.cap)) } : undefined
    case 'second_half':
      return value ? { kind: 'every_pieces', every: form.buy, reduced: 1, basis_points: value, is_same_sku: form.isSameSku } : undefined
    case 'buy_free':
      return { kind: 'every_pieces', every: form.buy + form.free, reduced: form.free, basis_points: 10_000, is_same_sku: form.isSameSku }
    case 'bundle': {
      const price = above(form.bundlePrice)
      const pieces = form.parts.reduce((sum, part) => sum + part.pieces, 0)
      return price && pieces > 1 ? { kind: 'bundle', parts: form.parts.map((part) => ({ sku_ids: part.skuIds, pieces: part.pieces })), price_minor: price } : undefined
    }
    case 'own_price':
      return pricesOf(form)
    case 'free_freight':
      return freightOf(form)
    case 'gift':
    case 'choose_gift':
      return giftOf(form)
    case undefined:
      return undefined
    default:
      return tiersOf(form)
  }
}

/** What a kind starts with: half off for the second piece, one free of three. */
export function begin(form: PromotionForm, kind: Kind): PromotionForm {
  return { ...form, kind, isPieces: kind === 'choose_gift', buy: 2, free: 1, less: kind === 'second_half' ? '50' : form.less }
}

/** Whether the kind names its goods itself, so that there is nothing to choose. */
export const namesItsGoods = (kind: Kind | undefined) => kind === 'bundle' || kind === 'own_price'

/** The first step in which something is missing or wrong, and what; nothing when the promotion can be kept. */
export function lackOf(form: PromotionForm): { step: Step; what: 'kind' | 'name' | 'effect' | 'time' | 'budget' } | undefined {
  if (!form.kind) return { step: 'kind', what: 'kind' }
  if (!form.name.zh.trim()) return { step: 'terms', what: 'name' }
  if (!effectOf(form)) return { step: 'terms', what: 'effect' }
  if (!form.starts || !form.ends || form.ends <= form.starts) return { step: 'time', what: 'time' }
  return form.budget && !above(form.budget) ? { step: 'limits', what: 'budget' } : undefined
}

/** The promotion as it is kept. Only of a form that lacks nothing. */
export function wishOf(form: PromotionForm): PromotionWish | undefined {
  const effect = effectOf(form)
  const starts = instantOf(form.starts)
  const ends = instantOf(form.ends)
  if (lackOf(form) || !effect || !starts || !ends) return undefined
  return {
    name: { zh: form.name.zh.trim(), en: form.name.en.trim() },
    effect,
    goods: goodsOf(namesItsGoods(form.kind) ? { excluded_product_ids: form.goods.excluded_product_ids } : form.goods),
    audience: { levels: [], segments: [], is_new_only: form.isNewOnly },
    channels: form.channels,
    starts_at: starts,
    ends_at: ends,
    priority: form.priority,
    stack_group: form.stackGroup,
    is_exclusive: form.isExclusive,
    refunding: form.isClawedBack ? 'claw_back' : 'keep',
    budget_minor: above(form.budget) ?? null,
    per_buyer_max: form.perBuyer ?? null,
    funders: [],
  }
}

function termsOf(effect: PromotionEffect): Partial<PromotionForm> {
  switch (effect.kind) {
    case 'piece_off': {
      const isShare = (effect.off.basis_points ?? 0) > 0
      return { kind: 'piece_off', isShare, less: text(isShare ? effect.off.basis_points : effect.off.amount_minor), cap: text(effect.off.cap_minor) }
    }
    case 'every_pieces': {
      const isFree = effect.basis_points === 10_000
      return { kind: isFree ? 'buy_free' : 'second_half', buy: isFree ? effect.every - effect.reduced : effect.every, free: effect.reduced, less: text(effect.basis_points), isSameSku: effect.is_same_sku ?? false }
    }
    case 'bundle':
      return { kind: 'bundle', parts: effect.parts.map((part) => ({ skuIds: part.sku_ids, pieces: part.pieces })), bundlePrice: text(effect.price_minor) }
    case 'lower_price':
      return { kind: 'own_price', prices: Object.fromEntries(Object.entries(effect.prices).map(([id, price]) => [id, text(price)])), fromPieces: effect.from_pieces ?? 1 }
    case 'freight_off':
      return { kind: 'free_freight', tiers: [{ from: text(effect.threshold), less: '' }] }
    case 'gift': {
      const isPieces = effect.measure === 'pieces'
      return {
        kind: effect.is_chosen ? 'choose_gift' : 'gift',
        isPieces,
        isEach: effect.is_each ?? false,
        timesMax: effect.times_max ?? undefined,
        tiers: [{ from: isPieces ? String(effect.threshold) : text(effect.threshold), less: '' }],
        gifts: effect.gifts.map(({ sku_id, pieces }) => ({ skuId: sku_id, pieces: pieces ?? 1 })),
      }
    }
    default: {
      const isShare = (effect.tiers[0]?.off.basis_points ?? 0) > 0
      const isPieces = effect.measure === 'pieces'
      const kind = effect.is_each ? 'each' : isPieces ? 'pieces_share' : isShare ? 'spend_share' : 'spend_save'
      return {
        kind,
        cap: text(effect.tiers[0]?.off.cap_minor),
        timesMax: effect.times_max ?? undefined,
        tiers: effect.tiers.map((tier) => ({ from: isPieces ? String(tier.threshold) : text(tier.threshold), less: text(isShare ? tier.off.basis_points : tier.off.amount_minor) })),
      }
    }
  }
}

/** The form of a kept promotion; undefined for one that this wizard could not have made and must not flatten. */
export function formOf(wish: PromotionWish): PromotionForm | undefined {
  const form: PromotionForm = {
    ...emptyPromotion(),
    ...termsOf(wish.effect),
    name: { ...wish.name },
    goods: goodsOf(wish.goods),
    isNewOnly: wish.audience?.is_new_only ?? false,
    channels: CHANNELS.filter((one) => wish.channels?.includes(one)),
    starts: shopTime(wish.starts_at) ?? null,
    ends: shopTime(wish.ends_at) ?? null,
    budget: text(wish.budget_minor),
    perBuyer: wish.per_buyer_max ?? undefined,
    priority: wish.priority ?? 0,
    stackGroup: wish.stack_group ?? '',
    isExclusive: wish.is_exclusive ?? false,
    isClawedBack: wish.refunding === 'claw_back',
  }
  const isWhole = !wish.audience?.levels?.length && !wish.audience?.segments?.length
  return isWhole && isSame(effectOf(form), wish.effect) ? form : undefined
}

/** Whether two effects say the same, whatever the order of their fields. */
function isSame(one: PromotionEffect | undefined, other: PromotionEffect): boolean {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(sorted) : value && typeof value === 'object' ? Object.entries(value).sort(([a], [b]) => a.localeCompare(b)).map(([key, below]) => [key, sorted(below)]) : value
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

/** The step of the wizard in which a refused field is typed. */
export function stepOf(field: string | undefined): Step {
  const name = field?.replace(/^wish\./, '').split('.')[0] ?? ''
  const steps: Record<string, Step> = { name: 'terms', effect: 'terms', goods: 'goods', starts_at: 'time', ends_at: 'time', audience: 'time', channels: 'time' }
  return steps[name] ?? 'limits'
}

export type PromotionMoveTo = 'live' | 'paused' | 'ended'

/** Where a promotion can be sent from where it stands. */
export function movesFrom(stage: PromotionStage): PromotionMoveTo[] {
  if (stage === 'over') return []
  return stage === 'draft' || stage === 'paused' ? ['live', 'ended'] : ['paused', 'ended']
}

/** The days of a month's calendar in whole weeks from Monday, as `2026-12-01`. */
export function weeksOf(month: string): string[][] {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const first = new Date(Date.UTC(year, number - 1, 1))
  const before = (first.getUTCDay() + 6) % 7
  const count = Math.ceil((before + new Date(Date.UTC(year, number, 0)).getUTCDate()) / 7)
  const day = (at: number) => new Date(Date.UTC(year, number - 1, 1 - before + at)).toISOString().slice(0, 10)
  return Array.from({ length: count }, (_, week) => Array.from({ length: 7 }, (_, at) => day(week * 7 + at)))
}

/** The month so many months away from `month`, both as `2026-12`. */
export function monthAway(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7)
}

/** Whether a promotion has some of a day of China's in its time. */
export function isOn(wish: PromotionWish, day: string): boolean {
  return Date.parse(wish.starts_at) < Date.parse(`${day}T24:00:00+08:00`) && Date.parse(wish.ends_at) > Date.parse(`${day}T00:00:00+08:00`)
}
