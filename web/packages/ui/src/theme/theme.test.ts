import { beforeEach, expect, test } from 'vitest'
import { applyTheme, chooseTheme, cookieValue, readTheme } from './theme'

beforeEach(() => {
  document.documentElement.removeAttribute('data-theme')
})

test('a cookie is found among others and decoded', () => {
  expect(cookieValue('a=1; csrftoken=x%20y; b=2', 'csrftoken')).toBe('x y')
  expect(cookieValue('csrftoken2=no', 'csrftoken')).toBeUndefined()
})

test('an unknown or missing theme means the system theme', () => {
  expect(readTheme('')).toBe('system')
  expect(readTheme('jishi_theme=purple')).toBe('system')
  expect(readTheme('x=1; jishi_theme=dark')).toBe('dark')
})

test('choosing a theme marks the page and is remembered', () => {
  chooseTheme('dark', document)
  expect(document.documentElement.getAttribute('data-theme')).toBe('dark')
  expect(readTheme(document.cookie)).toBe('dark')
})

test('back to the system theme leaves no mark', () => {
  applyTheme('light', document.documentElement)
  applyTheme('system', document.documentElement)
  expect(document.documentElement.hasAttribute('data-theme')).toBe(false)
})
