import { expect, test } from 'vitest'
import { isGtin, TAG_MAX, TAGS_MAX, tagsFrom } from './facts'

test('tags between commas are several, each once, and none is too long', () => {
  expect(tagsFrom(['#USB', 'usb', ' 夏  季,送礼、新品 ', ''])).toEqual(['USB', '夏 季', '送礼', '新品'])
  expect(tagsFrom(['长'.repeat(30)])[0]).toHaveLength(TAG_MAX)
  expect(tagsFrom(Array.from({ length: 20 }, (_, number) => `t${number}`))).toHaveLength(TAGS_MAX)
})

test.each(['', '6901028075763', '96385074', '036000291452', '10614141543219', '690-1028 075763'])('%s is taken for a bar code', (text) => {
  expect(isGtin(text)).toBe(true)
})

test.each(['6901028075762', '690102807576', 'abc', '00000000'])('%s is no bar code', (text) => {
  expect(isGtin(text)).toBe(false)
})
