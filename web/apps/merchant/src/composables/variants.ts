import type { SaleAxisWish, SkuWish } from '../api/types'

export type Choice = Record<string, string>

/** Every combination of the axes' values, the last axis fastest; one empty choice when there are no axes. */
export function combinations(axes: readonly SaleAxisWish[]): Choice[] {
  return axes.reduce<Choice[]>((made, axis) => made.flatMap((choice) => axis.values.map((value) => ({ ...choice, [axis.code]: value.code }))), [{}])
}

const keyOf = (choice: Choice) =>
  Object.keys(choice)
    .sort()
    .map((axis) => `${axis}=${choice[axis]}`)
    .join('&')

/** One SKU for each combination; what was typed for a combination that is still there is kept. */
export function gridOf(axes: readonly SaleAxisWish[], known: readonly SkuWish[]): SkuWish[] {
  const byChoice = new Map(known.map((sku) => [keyOf(sku.choice), sku]))
  return combinations(axes).map(
    (choice, index) => byChoice.get(keyOf(choice)) ?? { id: null, code: `SKU-${index + 1}`, choice, price_minor: 0, list_price_minor: null, weight_grams: 0, volume_cm3: 0 },
  )
}

/** Read an axis's choices from one line of text; a value that was there keeps its code. */
export function valuesFrom(text: string, before: SaleAxisWish['values']): SaleAxisWish['values'] {
  const names = [...new Set(text.split(/[,，、]/).map((name) => name.trim()))].filter(Boolean)
  const codes = new Set(before.map((value) => value.code))
  return names.map((name) => before.find((value) => value.name.zh === name) ?? { code: freshCode(codes), name: { zh: name, en: name }, media_id: null })
}

function freshCode(taken: Set<string>): string {
  for (let number = 1; ; number += 1) {
    const code = `v${number}`
    if (!taken.has(code)) {
      taken.add(code)
      return code
    }
  }
}

/** The names of a SKU's choice, for the grid's first column. */
export function choiceName(axes: readonly SaleAxisWish[], choice: Choice, language: 'zh' | 'en'): string {
  return axes.map((axis) => axis.values.find((value) => value.code === choice[axis.code])?.name[language] ?? '').join(' / ')
}
