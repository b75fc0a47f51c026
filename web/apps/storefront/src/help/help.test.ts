import { renderToString } from 'vue/server-renderer'
import { createMemoryHistory } from 'vue-router'
import { expect, test } from 'vitest'
import { compileGuide } from '../../../../guide/sections'
import { makeStorefront } from '../app'
import en from '../i18n/en'
import zh from '../i18n/zh'
import { BUYER_GUIDE } from './guide'

const QUESTIONS = ['ordering', 'paying', 'shipping', 'refunds', 'escrow', 'addresses', 'reviews', 'account', 'flash']

test('buyers are answered the same questions in both languages, each in its own', () => {
  expect(BUYER_GUIDE.zh.sections.map(({ id }) => id)).toEqual(QUESTIONS)
  expect(BUYER_GUIDE.en.sections.map(({ id }) => id)).toEqual(QUESTIONS)
  expect(JSON.stringify(BUYER_GUIDE.en)).not.toMatch(/[\u4e00-\u9fff]/)
  for (const { title, html } of BUYER_GUIDE.zh.sections) expect(title + html).toMatch(/[\u4e00-\u9fff]/)
})

test('the guide is compiled without what only its own pages need', () => {
  const { title, intro, sections } = compileGuide('# Buyers\n\nHello.\n\n## Pay? {#paying}\n\n![A picture](../pictures/pay.webp){ width=300 }\n\nWith **money**.\n')
  expect({ title, intro, sections }).toEqual({ title: 'Buyers', intro: 'Hello.', sections: [{ id: 'paying', title: 'Pay?', html: '<p>With <strong>money</strong>.</p>' }] })
})

test('a section without a name is a mistake', () => {
  expect(() => compileGuide('# Buyers\n\n## Pay?\n\nYes.')).toThrow('Pay?')
})

test.each([
  ['zh', '/help', zh] as const,
  ['en', '/help', en] as const,
])('the help page of %s is drawn on the server, with a way to every answer', async (locale, url, messages) => {
  const noNetwork = () => Promise.reject(new Error('a render makes no requests'))
  const state = { locale, url, data: null, status: 200, is_rendered: true }
  const { app, router } = makeStorefront({ state, messages, history: createMemoryHistory(), origin: '', shopFetch: noNetwork, accountsFetch: noNetwork })
  await router.push(url)
  await router.isReady()
  const html = await renderToString(app)
  for (const id of QUESTIONS) expect(html).toMatch(new RegExp(`href="/help#${id}"[\\s\\S]*id="${id}"`))
  expect(html).toContain(BUYER_GUIDE[locale].sections[1]?.html)
})
