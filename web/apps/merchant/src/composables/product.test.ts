import { expect, test } from 'vitest'
import { copied, emptyProduct, missingIn, asOffer } from './product'

test('what is missing is named one at a time, in the order of the form', () => {
  const wish = emptyProduct()
  expect(missingIn(wish)).toBe('needTitle')
  wish.title.zh = '茶壶'
  expect(missingIn(wish)).toBe('needCategory')
  wish.category_id = 'c'
  wish.axes = [{ code: 'a', name: { zh: '颜色', en: '' }, values: [] }]
  expect(missingIn(wish)).toBe('needAxis')
  wish.axes = []
  wish.skus[0]!.code = ' '
  expect(missingIn(wish)).toBe('wrongCode')
  wish.skus[0]!.code = 'K-1'
  expect(missingIn(wish)).toBe('wrongPrice')
  wish.skus[0]!.price_minor = 9900
  expect(missingIn(wish)).toBeUndefined()
})

test('a copy is a product of its own: no ids, codes that are not taken', () => {
  const wish = { ...emptyProduct(), title: { zh: '壶'.repeat(120), en: '' }, media_ids: ['m'], skus: [{ id: 's', code: 'K'.repeat(60), choice: {}, price_minor: 900 }] }
  const copy = copied(wish, '7F3A')
  expect(copy.skus).toEqual([{ id: null, code: `${'K'.repeat(55)}-7F3A`, gtin: '', choice: {}, price_minor: 900 }])
  expect([copy.title.zh.length, copy.title.zh.endsWith(' (2)'), copy.title.en]).toEqual([120, true, ''])
  expect([copy.media_ids, wish.skus[0]?.id]).toEqual([['m'], 's'])
})

test('an offer of what others sell has a line for every combination, and its prices are to be written', () => {
  const values = ['red', 'blue'].map((code) => ({ code, name: { zh: code, en: code }, media_id: null }))
  const facts = { ...emptyProduct(), title: { zh: '壶', en: '' }, category_id: 'c', axes: [{ code: 'colour', name: { zh: '颜色', en: 'Colour' }, values }], skus: [] }
  const wish = asOffer(facts)
  expect(wish.skus.map((sku) => sku.choice)).toEqual([{ colour: 'red' }, { colour: 'blue' }])
  expect(missingIn(wish)).toBe('wrongPrice')
})
