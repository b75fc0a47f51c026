import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Device } from './useShare'
import { SHARED, useShare } from './useShare'

const told: string[] = []
const note = (event: Event) => told.push((event as CustomEvent<string>).detail)
beforeEach(() => document.addEventListener(SHARED, note))
afterEach(() => {
  document.removeEventListener(SHARED, note)
  told.length = 0
})

const sharing = (device: Device) => useShare(() => ({ id: 'p1', title: '茶' }), () => device)
const refused = (name: string) => () => Promise.reject(Object.assign(new Error(name), { name }))

test('the sheet of the device gets the title and an address without what this visit put into it', async () => {
  history.replaceState(null, '', '/p/p1?sku=x#reviews')
  const given: { title: string; url: string }[] = []
  const { share, isOpen } = sharing({ share: (what) => Promise.resolve(void given.push(what)) })
  await share()
  expect(given).toEqual([{ title: '茶', url: `${location.origin}/p/p1` }])
  expect([isOpen.value, told]).toEqual([false, ['p1']])
})

test('who closes the sheet has shared nothing; where it does not open, the link is offered', async () => {
  const closed = sharing({ share: refused('AbortError') })
  await closed.share()
  expect(closed.isOpen.value).toBe(false)
  const broken = sharing({ share: refused('NotAllowedError') })
  await broken.share()
  expect(broken.isOpen.value).toBe(true)
  expect(told).toEqual([])
})

test('without a sheet there is a link to copy, and only a copied one was shared', async () => {
  const copied: string[] = []
  const able = sharing({ clipboard: { writeText: (text) => Promise.resolve(void copied.push(text)) } })
  await able.share()
  expect([able.isOpen.value, told]).toEqual([true, []])
  expect(await able.copy()).toBe(true)
  expect([copied, told]).toEqual([[able.link()], ['p1']])
  expect(await sharing({ clipboard: { writeText: refused('NotAllowedError') } }).copy()).toBe(false)
  expect(await sharing({}).copy()).toBe(false)
  expect(told).toEqual(['p1'])
})
