import { expect, test } from 'vitest'
import { filesOf, isNamedByContent, offlinePageFor } from './rules'

test('who is offline reads his own language', () => {
  expect(['/', '/english-tea', '/en', '/en/p/1'].map(offlinePageFor)).toEqual(['/offline', '/offline', '/en/offline', '/en/offline'])
})

test('a page is kept with its styles and scripts, and with nothing else', () => {
  const built = '/static/storefront/assets/'
  const html = `<link rel="icon" href="/static/storefront/icon.svg"><link rel="stylesheet" href="${built}a.css"><script src="${built}b.js"></script><a href="/cart">x</a><link href="${built}a.css">`
  expect(filesOf(html)).toEqual([`${built}a.css`, `${built}b.js`])
})

test.each([
  ['https://shop.example/static/storefront/assets/a-1.js', true],
  ['https://shop.example/static/storefront/icon.svg', false],
  ['https://shop.example/media/assets/a.webp', false],
  ['https://shop.example/api/v1/store/me', false],
  ['https://elsewhere.example/static/storefront/assets/a-1.js', false],
])('%s may be kept: %s', (address, expected) => {
  expect(isNamedByContent(address, 'https://shop.example')).toBe(expected)
})
