import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import en from './en'
import ownEn from './own/en'
import ownZh from './own/zh'
import { bringOwnMessages, makeI18n } from '.'
import { routes } from '../router'
import { createMemoryHistory, createRouter } from 'vue-router'
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

const chinese = flat({ ...zh, ...ownZh })
const english = flat({ ...en, ...ownEn })
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
  const all = code.filter(({ path }) => !/i18n\/((member|finding|own)\/)?(zh|en)\.ts$/.test(path)).map(({ text }) => text).join('\n')
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

test('pages of one person bring their words along, public ones do not', async () => {
  const i18n = makeI18n('en', en)
  const page = { template: '<p/>' }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: page }, { path: '/me', component: page, meta: { own: true } }] })
  bringOwnMessages(router, i18n, 'en')
  await router.push('/')
  expect(i18n.global.te('letters.title')).toBe(false)
  await router.push('/me')
  expect(i18n.global.t('letters.title')).toBe(ownEn.letters.title)
})

test('no public page asks for a word of the others', () => {
  const own = Object.keys(ownZh)
  const entry = join(SOURCE, 'pages')
  const reach = (path: string, seen: Set<string>): Set<string> => {
    if (seen.has(path)) return seen
    seen.add(path)
    const text = code.find((one) => one.path === path)?.text ?? ''
    for (const [, next] of text.matchAll(/from '(\.[^']+)'/g)) {
      const found = [next, `${next}.ts`, `${next}/index.ts`].map((name) => join(path, '..', name ?? '')).find((name) => code.some((one) => one.path === name))
      if (found) reach(found, seen)
    }
    return seen
  }
  const pages = routes.filter((route) => !route.meta?.own).map((route) => /pages\/\w+\.vue/.exec(String(route.component))?.[0] ?? '')
  expect(pages.every(Boolean)).toBe(true)
  const reached = new Set(pages.flatMap((page) => [...reach(join(SOURCE, page), new Set())]))
  expect(reached.has(join(entry, 'HomePage.vue'))).toBe(true)
  const asked = code.filter(({ path, text }) => reached.has(path) && own.some((key) => new RegExp(`['\`]${key}\\.`).test(text)))
  expect(asked.map(({ path }) => path)).toEqual([])
})
