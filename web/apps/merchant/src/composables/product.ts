import type { ProductWish } from '../api/types'
import { isGtin } from './facts'
import { wrongTiers } from './tiers'
import { gridOf } from './variants'

/** A product before anything was written: one variant, no price. */
export function emptyProduct(): ProductWish {
  return {
    title: { zh: '', en: '' },
    subtitle: { zh: '', en: '' },
    description: { zh: '', en: '' },
    category_id: '',
    brand_id: null,
    media_ids: [],
    axes: [],
    skus: gridOf([], []),
    attributes: {},
  }
}

/** What a merchant's own offer of a shared product begins with: its facts, with every combination to be priced. */
export function asOffer(facts: ProductWish): ProductWish {
  return { ...facts, skus: gridOf(facts.axes, []) }
}

/** The codes of an attribute of several choices, kept as one text. */
export function chosenCodes(value = ''): string[] {
  return value.split(',').filter(Boolean)
}

const TITLE_MAX = 120
const CODE_MAX = 60

const numbered = (title: string) => title && `${title.slice(0, TITLE_MAX - 4)} (2)`

/** A product of its own that is like another one: nothing of it has been kept, and `mark` makes its codes its own; bar codes stay with the first. */
export function copied(wish: ProductWish, mark: string): ProductWish {
  return {
    ...wish,
    title: { zh: numbered(wish.title.zh), en: numbered(wish.title.en) },
    skus: wish.skus.map((sku) => ({ ...sku, id: null, code: `${sku.code.slice(0, CODE_MAX - mark.length - 1)}-${mark}`, gtin: '' })),
  }
}

export type Missing = 'needTitle' | 'needCategory' | 'needAxis' | 'wrongCode' | 'wrongPrice' | 'wrongGtin' | 'wrongTiers' | 'needDays'

/** The first thing that keeps a product from being saved, as the name of its message. */
export function missingIn(wish: ProductWish): Missing | undefined {
  if (!wish.title.zh.trim()) return 'needTitle'
  if (!wish.category_id) return 'needCategory'
  if (wish.kind === 'service' && !wish.voucher_days) return 'needDays'
  if (wish.axes.some((axis) => !axis.name.zh.trim() || axis.values.length === 0)) return 'needAxis'
  const codes = wish.skus.map((sku) => sku.code.trim())
  if (codes.includes('') || new Set(codes).size < codes.length) return 'wrongCode'
  if (wish.skus.some((sku) => !Number.isInteger(sku.price_minor) || sku.price_minor <= 0)) return 'wrongPrice'
  if (!wish.skus.every((sku) => isGtin(sku.gtin ?? ''))) return 'wrongGtin'
  return wrongTiers(wish.skus).length ? 'wrongTiers' : undefined
}
