import type { ComputedRef } from 'vue'
import { computed, ref, watch } from 'vue'

export interface ChoiceSku {
  id: string
  choice: Record<string, string>
  in_stock: boolean
}

export interface ChoiceAxis {
  code: string
  values: readonly { code: string }[]
}

export interface Choosable<S extends ChoiceSku> {
  axes: readonly ChoiceAxis[]
  skus: readonly S[]
}

/** Whether a value can still be picked after the choices on earlier axes: yes, only sold out, or not made at all. */
export type ValueState = 'possible' | 'sold_out' | 'impossible'

type Choice = Record<string, string>

function skusWith<S extends ChoiceSku>(skus: readonly S[], wanted: Choice): S[] {
  return skus.filter((sku) => Object.entries(wanted).every(([axis, value]) => sku.choice[axis] === value))
}

/** What was chosen on the axes before `axis`: earlier axes rule later ones, so nobody gets stuck in a corner. */
function choiceBefore(axes: readonly ChoiceAxis[], choice: Choice, axis: string): Choice {
  const before: Choice = {}
  for (const { code } of axes) {
    if (code === axis) break
    const value = choice[code]
    if (value !== undefined) before[code] = value
  }
  return before
}

/** The state of one value of one axis under the present choice. */
export function valueState<S extends ChoiceSku>(product: Choosable<S>, choice: Choice, axis: string, value: string): ValueState {
  const matching = skusWith(product.skus, { ...choiceBefore(product.axes, choice, axis), [axis]: value })
  if (matching.length === 0) return 'impossible'
  return matching.some((sku) => sku.in_stock) ? 'possible' : 'sold_out'
}

/** The choice after picking `value`: later axes keep theirs when it still exists, else take the first that does. */
export function choiceAfter<S extends ChoiceSku>(product: Choosable<S>, choice: Choice, axis: string, value: string): Choice {
  const next: Choice = { ...choiceBefore(product.axes, choice, axis), [axis]: value }
  const position = product.axes.findIndex(({ code }) => code === axis)
  for (const later of product.axes.slice(position + 1)) {
    const kept = choice[later.code]
    if (kept !== undefined && valueState(product, next, later.code, kept) !== 'impossible') {
      next[later.code] = kept
      continue
    }
    const states = later.values.map(({ code }) => ({ code, state: valueState(product, next, later.code, code) }))
    const first = states.find(({ state }) => state === 'possible') ?? states.find(({ state }) => state === 'sold_out')
    if (first) next[later.code] = first.code
  }
  return next
}

function firstChoice<S extends ChoiceSku>(product: Choosable<S>, skuId: string | undefined): Choice {
  const named = product.skus.find((sku) => sku.id === skuId)
  const sku = named ?? product.skus.find(({ in_stock }) => in_stock) ?? product.skus[0]
  return { ...sku?.choice }
}

/** Choose a SKU by its sale attributes; starts with the SKU named, else the first in stock. */
export function useSkuChoice<S extends ChoiceSku>(source: () => Choosable<S>, skuId: () => string | undefined = () => undefined) {
  const choice = ref<Choice>(firstChoice(source(), skuId()))
  watch(source, (product, before) => {
    if (product.skus !== before.skus) choice.value = firstChoice(product, skuId())
  })

  const sku: ComputedRef<S | undefined> = computed(() => {
    const product = source()
    if (product.axes.some(({ code }) => choice.value[code] === undefined)) return undefined
    return skusWith(product.skus, choice.value)[0]
  })
  const stateOf = (axis: string, value: string): ValueState => valueState(source(), choice.value, axis, value)
  const choose = (axis: string, value: string): void => {
    if (stateOf(axis, value) !== 'impossible') choice.value = choiceAfter(source(), choice.value, axis, value)
  }
  return { choice, sku, stateOf, choose }
}
