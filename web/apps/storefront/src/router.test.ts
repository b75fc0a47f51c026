import { expect, test } from 'vitest'
import { basePath, localizedHrefs, otherLanguage, routes } from './router'

test('Chinese has no prefix, English lives under /en', () => {
  expect(localizedHrefs('/')).toEqual({ zh: '/', en: '/en/' })
  expect(localizedHrefs('/s?q=a')).toEqual({ zh: '/s?q=a', en: '/en/s?q=a' })
  expect([basePath('zh'), basePath('en')]).toEqual(['/', '/en/'])
})

test('a page of one person is shown in the language he reads', () => {
  expect(otherLanguage(true, 'zh', 'en')).toBe('en')
  expect(otherLanguage(true, 'en', 'en')).toBeUndefined()
  expect(otherLanguage(true, 'zh', undefined)).toBeUndefined()
})

test('a public page keeps the language of its address', () => {
  expect(otherLanguage(false, 'zh', 'en')).toBeUndefined()
})

test('whatever needs an account is of one person', () => {
  const wrong = routes.filter(({ meta }) => meta?.account && !meta.own)
  expect(wrong).toEqual([])
})
