import { parseAmountMinor } from '@jishi/ui'
import type { EditPreview, PriceEdit } from '../api/types'

/** So many products are changed at a time. */
export const EDITED_MAX = 200

export const WAYS = ['set', 'raise', 'lower', 'raiseShare', 'lowerShare'] as const
export type Way = (typeof WAYS)[number]
export const ENDINGS = ['any', 'ninety', 'whole'] as const

const STEPS: Record<Way, PriceEdit['step']> = { set: 'set', raise: 'add', lower: 'add', raiseShare: 'percent', lowerShare: 'percent' }

/** The change of prices that was typed; undefined unless its value is above 0. A per cent has two places, as a yuan has. */
export function priceEdit(way: Way, text: string, ending: PriceEdit['ending']): PriceEdit | undefined {
  const value = parseAmountMinor(text)
  if (!value || value <= 0) return undefined
  return { step: STEPS[way], value: way.startsWith('lower') ? -value : value, ending }
}

/** Those that a change is made to: what is refused or stays the same is left out. */
export function changing(previews: readonly EditPreview[]): EditPreview[] {
  return previews.filter((one) => one.effect !== 'refused' && one.effect !== 'same')
}
