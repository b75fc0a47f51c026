import type { Locale } from '@jishi/ui'
import { formatInstant, formatMoney } from '@jishi/ui'
import type { PromotionEffect, PromotionWish } from '../api/types'
import { useText } from '../i18n'
import { CHANNELS } from './promotion'

type Off = Extract<PromotionEffect, { kind: 'piece_off' }>['off']

/** From where on (`from`, in words) which gifts come. */
function giftTerms(t: ReturnType<typeof useText>['t'], effect: Extract<PromotionEffect, { kind: 'gift' }>, from: string, locale: Locale): string {
  const less = t(effect.is_chosen ? 'promotions.say.oneGift' : 'promotions.say.gifts', { count: effect.gifts.length }, { locale })
  const said = t(effect.is_each ? 'promotions.say.each' : 'promotions.say.from', { from, less }, { locale })
  return effect.times_max ? said + (locale === 'zh' ? '；' : '; ') + t('promotions.say.times', { count: effect.times_max }, { locale }) : said
}

/** What a rule takes off, in a plain sentence of either language. */
function useTermsWords() {
  const { t } = useText()
  const money = (minor: number, locale: Locale) => formatMoney({ amount_minor: minor, currency: 'CNY' }, locale)
  const percent = (points: number) => `${points / 100}%`

  function less(off: Off, locale: Locale): string {
    if (!off.basis_points) return t('promotions.say.amount', { amount: money(off.amount_minor ?? 0, locale) }, { locale })
    const share = { share: percent(off.basis_points) }
    return off.cap_minor ? t('promotions.say.shareCapped', { ...share, cap: money(off.cap_minor, locale) }, { locale }) : t('promotions.say.share', share, { locale })
  }

  function tiers(effect: Extract<PromotionEffect, { kind: 'tiers' }>, locale: Locale): string {
    const said = effect.tiers.map((tier) => {
      const from = effect.measure === 'pieces' ? t('promotions.say.pieces', { count: tier.threshold }, { locale }) : money(tier.threshold, locale)
      const values = { from, less: less(tier.off, locale) }
      return effect.is_each ? t('promotions.say.each', values, { locale }) : t('promotions.say.from', values, { locale })
    })
    if (effect.times_max) said.push(t('promotions.say.times', { count: effect.times_max }, { locale }))
    return said.join(locale === 'zh' ? '；' : '; ')
  }

  function every(effect: Extract<PromotionEffect, { kind: 'every_pieces' }>, locale: Locale): string {
    const values = { every: effect.every, buy: effect.every - effect.reduced, reduced: effect.reduced, share: percent(effect.basis_points) }
    const same = effect.is_same_sku ? t('promotions.say.sameSku', {}, { locale }) : ''
    return (effect.basis_points === 10_000 ? t('promotions.say.buyFree', values, { locale }) : t('promotions.say.everyPieces', values, { locale })) + same
  }

  function freight(effect: Extract<PromotionEffect, { kind: 'freight_off' }>, locale: Locale): string {
    const from = effect.threshold ? money(effect.threshold, locale) : ''
    if (effect.off.basis_points === 10_000 && !effect.off.cap_minor) return from ? t('promotions.say.freeFreightFrom', { from }, { locale }) : t('promotions.say.freeFreight', {}, { locale })
    const values = { from, less: less(effect.off, locale) }
    return from ? t('promotions.say.lessFreightFrom', values, { locale }) : t('promotions.say.lessFreight', values, { locale })
  }

  /** The terms alone. */
  function terms(effect: PromotionEffect, locale: Locale): string {
    switch (effect.kind) {
      case 'piece_off':
        return t('promotions.say.pieceOff', { less: less(effect.off, locale) }, { locale })
      case 'every_pieces':
        return every(effect, locale)
      case 'bundle':
        return t('promotions.say.bundle', { count: effect.parts.reduce((sum, part) => sum + part.pieces, 0), price: money(effect.price_minor, locale) }, { locale })
      case 'gift':
        return giftTerms(t, effect, effect.measure === 'pieces' ? t('promotions.say.pieces', { count: effect.threshold }, { locale }) : money(effect.threshold, locale), locale)
      case 'lower_price': {
        const prices = Object.values(effect.prices)
        return t('promotions.say.ownPrice', { count: prices.length, from: money(Math.min(...prices), locale), pieces: effect.from_pieces ?? 1 }, { locale })
      }
      case 'freight_off':
        return freight(effect, locale)
      default:
        return tiers(effect, locale)
    }
  }
  return { money, terms }
}

/** What a promotion does, in plain sentences of either language. */
export function usePromotionWords() {
  const { t } = useText()
  const { money, terms } = useTermsWords()

  function goods(wish: PromotionWish, locale: Locale): string {
    const chosen = wish.goods ?? {}
    const counts = [
      [chosen.product_ids, 'products'], [chosen.category_ids, 'categories'], [chosen.brand_ids, 'brands'], [chosen.tags, 'tags'],
    ] as const // prettier-ignore
    const said = counts.flatMap(([ids, kind]) => (ids?.length ? [t(`promotions.say.of.${kind}`, { count: ids.length }, { locale })] : []))
    const named = wish.effect.kind === 'bundle' || wish.effect.kind === 'lower_price'
    const excluded = chosen.excluded_product_ids?.length ? t('promotions.say.but', { count: chosen.excluded_product_ids.length }, { locale }) : ''
    return (said.join(t('promotions.say.or', {}, { locale })) || t(named ? 'promotions.say.named' : 'promotions.say.everything', {}, { locale })) + excluded
  }

  /** Everything that a buyer or a colleague wants to know, one sentence each. */
  function sentences(wish: PromotionWish, locale: Locale): string[] {
    const audience = wish.audience ?? {}
    const channels = CHANNELS.filter((one) => wish.channels?.includes(one)).map((one) => t(`promotions.channel.${one}`, {}, { locale })).join(' / ')
    const levels = audience.levels?.join(' / ') ?? ''
    return [
      terms(wish.effect, locale),
      goods(wish, locale),
      t('promotions.say.time', { from: formatInstant(wish.starts_at, locale), until: formatInstant(wish.ends_at, locale) }, { locale }),
      ...(audience.is_new_only ? [t('promotions.say.newOnly', {}, { locale })] : []),
      ...(channels ? [t('promotions.say.channels', { channels }, { locale })] : []),
      ...(levels ? [t('promotions.say.levels', { levels }, { locale })] : []),
      ...(wish.budget_minor ? [t('promotions.say.budget', { amount: money(wish.budget_minor, locale) }, { locale })] : []),
      ...(wish.per_buyer_max ? [t('promotions.say.perBuyer', { count: wish.per_buyer_max }, { locale })] : []),
      ...(wish.is_exclusive ? [t('promotions.say.exclusive', {}, { locale })] : []),
      ...(wish.refunding === 'claw_back' ? [t('promotions.say.clawBack', {}, { locale })] : []),
    ]
  }
  return { terms, sentences }
}
