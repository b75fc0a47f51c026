import type { ProductWish } from '../api/types'
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

/** The codes of an attribute of several choices, kept as one text. */
export function chosenCodes(value = ''): string[] {
  return value.split(',').filter(Boolean)
}

/** The first thing that keeps a product from being saved, as the name of its message. */
export function missingIn(wish: ProductWish): 'needTitle' | 'needCategory' | 'wrongPrice' | undefined {
  if (!wish.title.zh.trim()) return 'needTitle'
  if (!wish.category_id) return 'needCategory'
  return wish.skus.some((sku) => !Number.isInteger(sku.price_minor) || sku.price_minor <= 0) ? 'wrongPrice' : undefined
}
