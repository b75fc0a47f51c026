import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import en from './en'
import zh from './zh'

/** Every path of a tree of messages with its text. */
function flat(tree: object, prefix = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix ? `${prefix}.${key}` : key
    if (typeof value === 'string') found.set(path, value)
    else for (const [below, text] of flat(value as object, path)) found.set(below, text)
  }
  return found
}

/** The sources of the app, without its tests and its messages. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.(vue|ts)$/.test(entry.name) && !/\.test\.ts$|i18n\/(zh|en)\.ts$/.test(path) ? [path] : []
  })
}

const chinese = flat(zh)
const english = flat(en)
const slots = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
const code = sources(join(import.meta.dirname, '..')).map((path) => ({ path, text: readFileSync(path, 'utf8') }))
const all = code.map(({ text }) => text).join('\n')

test('both languages say the same things', () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
})

test('every message takes the same values in both languages', () => {
  expect([...chinese].filter(([key, text]) => slots(english.get(key) ?? '').join() !== slots(text).join())).toEqual([])
})

test('no English is left in Chinese and no Chinese in English', () => {
  expect([...english].filter(([, text]) => /[\u4e00-\u9fff]/.test(text))).toEqual([])
  expect([...chinese].filter(([, text]) => !/[\u4e00-\u9fff]/.test(text))).toEqual([])
})

test('every message that is asked for exists', () => {
  const missing = code.flatMap(({ path, text }) =>
    [...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? '').filter((key) => !chinese.has(key)).map((key) => `${path}: ${key}`),
  )
  expect(missing).toEqual([])
})

test('no message is left over', () => {
  const families = [...all.matchAll(/`([\w.]+)\.\$\{/g)].map((match) => `${match[1]}.`)
  const said = (key: string) => all.includes(`'${key}'`) || families.some((family) => key.startsWith(family))
  expect([...chinese.keys()].filter((key) => !said(key))).toEqual([])
})

test('no Chinese and no colour is written into a component', () => {
  // The name of a language and the mark of the shop are their own.
  const template = (text: string) => text.slice(text.indexOf('<template>')).replace(/中文|集(?=<)/g, '')
  const wrong = code.filter(({ path, text }) => path.endsWith('.vue') && (/[\u4e00-\u9fff]/.test(template(text)) || /#[0-9a-f]{6}\b/i.test(text)))
  expect(wrong.map(({ path }) => path)).toEqual([])
})
