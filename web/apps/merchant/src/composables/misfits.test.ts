import { expect, test } from 'vitest'
import { mended } from './misfits'

const misfit = (reason: 'value' | 'required' | 'removed') => ({ code: 'material', name: { zh: '材质', en: 'Material' }, value: { zh: '', en: '' }, reason })
const before = { material: 'tin' }

test('a value that may not be had is mended by another one, or by none', () => {
  expect(mended(misfit('value'), before, before)).toBe(false)
  expect(mended(misfit('value'), { material: 'steel' }, before)).toBe(true)
  expect(mended(misfit('value'), {}, before)).toBe(true)
})

test('what is missing is mended once it is there, what is asked for no longer once it is gone', () => {
  expect(mended(misfit('required'), {}, {})).toBe(false)
  expect(mended(misfit('required'), { material: 'steel' }, {})).toBe(true)
  expect(mended(misfit('removed'), before, before)).toBe(false)
  expect(mended(misfit('removed'), {}, before)).toBe(true)
})
