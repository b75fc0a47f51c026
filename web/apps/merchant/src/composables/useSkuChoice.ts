import { ref } from 'vue'
import { useMerchant } from '../api/merchant'
import type { ProductRow } from '../api/types'
import { useText } from '../i18n'
import { useSaving } from './useSaving'
import { choiceName } from './variants'

export interface ChosenSku {
  id: string
  name: { zh: string; en: string }
  priceMinor: number
}

/** Products are chosen, their SKUs are what a promotion names. */
export function useSkuChoice(take: (products: ChosenSku[][]) => void) {
  const { t } = useText()
  const merchant = useMerchant()
  const { isSaving: isReading, run } = useSaving()
  const isChoosing = ref(false)

  async function choose(rows: ProductRow[]): Promise<void> {
    const isRead = await run(async () => {
      const products = await Promise.all(rows.map((row) => merchant.product(row.id)))
      take(
        products.map(({ wish, live }) => {
          const shown = live ?? wish
          const named = (locale: 'zh' | 'en', choice: Record<string, string>) => `${shown.title[locale]} ${choiceName(shown.axes, choice, locale)}`.trim()
          return shown.skus.flatMap((sku) => (sku.id ? [{ id: sku.id, name: { zh: named('zh', sku.choice), en: named('en', sku.choice) }, priceMinor: sku.price_minor }] : []))
        }),
      )
    }, t('promotions.chosen'))
    if (isRead) isChoosing.value = false
  }
  return { isChoosing, isReading, choose }
}

/** What the chosen SKUs are called, by id. */
export const namesOf = (products: readonly ChosenSku[][]) => Object.fromEntries(products.flat().map(({ id, name }) => [id, name]))
