import { expect, test } from 'vitest'
import type { EditPreview } from '../api/types'
import { changing, priceEdit } from './edits'

test('what is typed becomes one change; lowering is below zero', () => {
  expect(priceEdit('set', '49.9', 'any')).toEqual({ step: 'set', value: 4990, ending: 'any' })
  expect(priceEdit('lower', '2', 'ninety')).toEqual({ step: 'add', value: -200, ending: 'ninety' })
  expect(priceEdit('raiseShare', '5.5', 'whole')).toEqual({ step: 'percent', value: 550, ending: 'whole' })
  expect(priceEdit('lowerShare', '10', 'any')).toEqual({ step: 'percent', value: -1000, ending: 'any' })
})

test('nothing, zero and words are no change', () => {
  expect(['', '0', '-3', 'abc'].map((text) => priceEdit('raise', text, 'any'))).toEqual([undefined, undefined, undefined, undefined])
})

test('what is refused or stays the same is not sent', () => {
  const previews = ['draft', 'at_once', 'review', 'same', 'refused'].map((effect) => ({ product_id: effect, title: '', version: 1, effect }) as EditPreview)
  expect(changing(previews).map((one) => one.effect)).toEqual(['draft', 'at_once', 'review'])
})
