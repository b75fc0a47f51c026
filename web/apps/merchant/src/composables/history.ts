import type { Money } from '@jishi/ui'
import type { Cause, ProductForMerchant, VersionChange, VersionRow } from '../api/types'
import { useText } from '../i18n'

const OPEN: ReadonlySet<VersionRow['status']> = new Set(['draft', 'in_review', 'rejected'])

/**
 * Whether a version can be written anew as the draft. Nothing can while one is in review; the live one only while
 * another is being written, for else it is what the editor shows.
 */
export function mayRestore(row: VersionRow, rows: readonly VersionRow[]): boolean {
  if (OPEN.has(row.status) || rows.some((one) => one.status === 'in_review')) return false
  return !row.is_live || rows.some((one) => OPEN.has(one.status))
}

/** One side of a change as it is shown: an amount of money, or a text. Undefined when there was nothing. */
export function side(text: string | undefined, price: Money | null | undefined): { text?: string; price?: Money } | undefined {
  if (!text && !price) return undefined
  return { ...(text ? { text } : {}), ...(price ? { price } : {}) }
}

/** What a version's change is called: the part, and which one of it. */
export function useReviewWords() {
  const { t } = useText()

  function partName(change: VersionChange): string {
    const of = change.of === 'zh' || change.of === 'en' ? t(`history.languages.${change.of}`) : change.of
    return [t(`history.parts.${change.part}`), of].filter(Boolean).join(' · ')
  }

  const causeWords = (causes: readonly Cause[]): string => t('review.waitsBecause', { causes: causes.map((one) => t(`review.causes.${one}`)).join(' · ') })

  /** What a merchant is told once he has submitted: on sale already, or why it waits. */
  function submitted(product: ProductForMerchant): string {
    if (product.proposal !== 'in_review') return t('review.approved')
    return product.causes?.length ? `${t('products.submitted')} · ${causeWords(product.causes)}` : t('products.submitted')
  }
  return { partName, causeWords, submitted }
}
