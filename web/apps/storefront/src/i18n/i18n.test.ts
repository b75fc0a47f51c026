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

const chinese = flat(zh)
const english = flat(en)
const slots = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

test('both languages say the same things', () => {
  expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
})

test.each([...chinese])('%s takes the same values in both languages', (key, text) => {
  expect(slots(english.get(key) ?? '')).toEqual(slots(text))
})

test('no English is left in Chinese and no Chinese in English', () => {
  expect([...english].filter(([, text]) => /[\u4e00-\u9fff]/.test(text))).toEqual([])
  expect([...chinese].filter(([key, text]) => text !== '' && !/[\u4e00-\u9fff]/.test(text) && !key.endsWith('kinds.query'))).toEqual([])
})

/** The sources of the app, without its tests. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.(vue|ts)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [path] : []
  })
}

const SOURCE = join(import.meta.dirname, '..')
const code = sources(SOURCE).map((path) => ({ path, text: readFileSync(path, 'utf8') }))

test('every message that is asked for exists', () => {
  const missing = code.flatMap(({ path, text }) =>
    [...text.matchAll(/\bt\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? '').filter((key) => !chinese.has(key)).map((key) => `${path}: ${key}`),
  )
  expect(missing).toEqual([])
})

test('no message is left over', () => {
  const all = code.filter(({ path }) => !/i18n\/((member|finding)\/)?(zh|en)\.ts$/.test(path)).map(({ text }) => text).join('\n')
  const said = (key: string) => all.includes(`'${key}'`) || [...all.matchAll(/`([\w.]+)\.\$\{/g)].some((match) => key.startsWith(`${match[1]}.`))
  expect([...chinese.keys()].filter((key) => !said(key))).toEqual([])
})

test('no text, colour or size is written into a component', () => {
  const wrong = code.filter(({ path, text }) => {
    if (!path.endsWith('.vue')) return false
    const template = text.slice(text.indexOf('<template>'))
    return /[\u4e00-\u9fff]/.test(template) || /#[0-9a-f]{6}\b/i.test(text) || /-\[\d+px\]/.test(text) || /style="/.test(template)
  })
  expect(wrong.map(({ path }) => path)).toEqual([])
})
