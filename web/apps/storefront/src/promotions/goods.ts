import type { PromotionDetail } from '@jishi/api'
import type { SearchQuery } from '../api/shop'

/**
 * The search that finds what a promotion covers besides the products it names; nothing when it names them all. Search
 * takes one category at a time: `chosen`, or the first. Categories and brands both widen a promotion while filters
 * narrow, so brands are searched only where it names no category.
 */
export function goodsQuery(page: PromotionDetail, chosen: string): SearchQuery | undefined {
  const { categories, brand_ids, products, merchant } = page
  const isOwn: SearchQuery = merchant ? { merchant_id: merchant.id } : {}
  const category = categories.find(({ id }) => id === chosen) ?? categories[0]
  if (category) return { ...isOwn, category_id: category.id }
  if (brand_ids.length > 0) return { ...isOwn, brand_id: brand_ids.slice(0, BRANDS_MAX) }
  return products.length > 0 ? undefined : isOwn
}

/** As many as search takes at once. */
const BRANDS_MAX = 20
