import { expect, test } from 'vitest'
import { iconAddress } from './objects'

test('a category is shown by an address, by an object we have, or not at all', () => {
  expect(iconAddress('/media/a.webp', '/static/')).toBe('/media/a.webp')
  expect(iconAddress('1f3a7', '/static/')).toBe('/static/objects/1f3a7.webp')
  expect(iconAddress('1f4a9', '/static/')).toBeUndefined()
  expect(iconAddress('javascript:alert(1)', '/static/')).toBeUndefined()
  expect(iconAddress(null, '/static/')).toBeUndefined()
})
