import type { ProductWish } from '../api/types'

export type DraftPart = 'titleZh' | 'titleEn' | 'subtitleZh' | 'subtitleEn' | 'descriptionZh' | 'descriptionEn' | 'prices' | 'pictures' | 'rest'

/** A part in which two drafts differ; of texts both are shown, of anything else only that it differs. */
export interface Difference {
  part: DraftPart
  mine?: string
  theirs?: string
}

const TEXTS: readonly [DraftPart, (wish: ProductWish) => string][] = [
  ['titleZh', (wish) => wish.title.zh],
  ['titleEn', (wish) => wish.title.en],
  ['subtitleZh', (wish) => wish.subtitle.zh],
  ['subtitleEn', (wish) => wish.subtitle.en],
  ['descriptionZh', (wish) => wish.description.zh],
  ['descriptionEn', (wish) => wish.description.en],
]
const OTHERS: readonly [DraftPart, (wish: ProductWish) => unknown][] = [
  ['prices', (wish) => [wish.axes, wish.skus.map((sku) => [sku.code, sku.choice, sku.price_minor, sku.list_price_minor ?? null, sku.weight_grams ?? 0])]],
  ['pictures', (wish) => [wish.media_ids, wish.video_id ?? null]],
  ['rest', (wish) => [wish.category_id, wish.brand_id, Object.entries(wish.attributes).sort()]],
]

/** Where two drafts of a product differ, in the order of the form. */
export function differences(mine: ProductWish, theirs: ProductWish): Difference[] {
  const texts = TEXTS.filter(([, of]) => of(mine) !== of(theirs)).map(([part, of]) => ({ part, mine: of(mine), theirs: of(theirs) }))
  const others = OTHERS.filter(([, of]) => JSON.stringify(of(mine)) !== JSON.stringify(of(theirs))).map(([part]) => ({ part }))
  return [...texts, ...others]
}

/** The wish with the ids that its variants were given when it was kept: who sends them back means the same ones. */
export function numbered(wish: ProductWish, kept: ProductWish): ProductWish {
  const byChoice = new Map(kept.skus.map((sku) => [choiceKey(sku.choice), sku.id]))
  return { ...wish, skus: wish.skus.map((sku) => ({ ...sku, id: sku.id ?? byChoice.get(choiceKey(sku.choice)) ?? null })) }
}

const choiceKey = (choice: Record<string, string>) => JSON.stringify(Object.entries(choice).sort())
