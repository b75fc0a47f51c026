import { expect, test } from 'vitest'
import { MERCHANT_GUIDE, sectionsFor } from './guide'

const DESKS = ['home', 'orders', 'products', 'promotions', 'promotion-check', 'coupons', 'events', 'flash', 'presales', 'decoration', 'stock', 'vouchers', 'reviews', 'statements', 'staff', 'audit', 'settings']

test('the guide has a section for every desk, in both languages', () => {
  expect(MERCHANT_GUIDE.zh.sections.map(({ id }) => id)).toEqual(DESKS)
  expect(MERCHANT_GUIDE.en.sections.map(({ id }) => id)).toEqual(DESKS)
})

test('the desk in front of the reader comes first', () => {
  expect(sectionsFor('zh', 'owner', 'stock').map(({ id }) => id)).toEqual(['stock', ...DESKS.filter((desk) => desk !== 'stock')])
})

test('nobody is told about desks he cannot open', () => {
  expect(sectionsFor('en', 'warehouse', 'home').map(({ id }) => id)).toEqual(['home', 'orders', 'products', 'stock', 'vouchers', 'settings'])
  expect(sectionsFor('en', 'finance', 'staff').map(({ id }) => id)).toEqual(['home', 'orders', 'promotions', 'coupons', 'statements', 'settings'])
})
