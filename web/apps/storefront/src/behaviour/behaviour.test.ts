import type { BehaviourEvent, Consent } from '@jishi/api'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createApp } from 'vue'
import { SHOP } from '../api/shop'
import { usePrivacy } from '../composables/usePrivacy'
import { asksNotToBeFollowed, useConsent } from '../stores/consent'
import { placeOf, watchCards } from './cards'
import type { Told } from './gatherer'
import { BATCH_MAX, makeGatherer, randomId, WAITING_MAX } from './gatherer'
import { makeVisits } from './visits'

/** Promises that are kept already have been heard of after a few turns; timers are the test's. */
const settled = async () => {
  for (let turn = 0; turn < 9; turn += 1) await Promise.resolve()
}
const view = (product_id = 'p'): Told => ({ kind: 'view', product_id })

/** A gatherer whose clock and pauses are the test's. */
function gathering(answers: boolean[] = []) {
  const sent: BehaviourEvent[][] = []
  const planned: (() => void)[] = []
  const clock = { ms: 0 }
  let ids = 0
  const gatherer = makeGatherer({
    send: (events) => {
      sent.push(events)
      return Promise.resolve(answers.shift() ?? true)
    },
    now: () => clock.ms,
    newId: () => `id-${(ids += 1)}`,
    later: (run) => planned.push(run),
  })
  const pause = async () => {
    planned.shift()?.()
    await settled()
  }
  return { ...gatherer, sent, planned, clock, pause }
}

test('what happens within a pause is sent together, with its age', async () => {
  const { tell, sent, planned, clock, pause } = gathering()
  tell(view('a'))
  clock.ms = 1_200.4
  tell(view('b'))
  expect(planned.length).toBe(1)
  await pause()
  expect(sent).toEqual([
    [
      { kind: 'view', product_id: 'a', event_id: 'id-1', age_ms: 1_200 },
      { kind: 'view', product_id: 'b', event_id: 'id-2', age_ms: 0 },
    ],
  ])
  await pause()
  expect(sent.length).toBe(1)
})

test('a full batch goes at once', () => {
  const { tell, sent } = gathering()
  for (let n = 0; n <= BATCH_MAX; n += 1) tell(view())
  expect(sent.map(({ length }) => length)).toEqual([BATCH_MAX])
})

test('what could not be sent is sent again with the same ids, and not without end', async () => {
  const { tell, flush, sent, planned, pause } = gathering([false])
  tell(view())
  await pause()
  expect(planned.length).toBe(1)
  await pause()
  expect(sent.map((batch) => batch.map(({ event_id }) => event_id))).toEqual([['id-1'], ['id-1']])
  await flush()
  expect(sent.length).toBe(2)
})

test('without a network not more waits than is worth keeping', async () => {
  const answers = Array.from({ length: 9_999 }, () => false)
  const { tell, flush, sent } = gathering(answers)
  for (let n = 0; n < 3 * WAITING_MAX; n += 1) {
    tell(view())
    await settled()
  }
  answers.length = 0
  sent.length = 0
  for (let n = 0; n < 9; n += 1) await flush()
  const ids = sent.flat().map(({ event_id }) => event_id)
  expect([ids.length, new Set(ids).size]).toEqual([WAITING_MAX, WAITING_MAX])
})

test('a page that ends forgets what it did not say', async () => {
  const { tell, forget, flush, sent } = gathering()
  tell(view())
  forget()
  await flush()
  expect(sent).toEqual([])
})

test('ids are UUIDs, each another', () => {
  const ids = Array.from({ length: 50 }, randomId)
  expect(ids.every((id) => /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(id))).toBe(true)
  expect(new Set(ids).size).toBe(50)
})

test('time is counted on a product only while somebody looks', () => {
  const told: Told[] = []
  const clock = { ms: 0 }
  const { went, away, back } = makeVisits((event) => told.push(event), () => clock.ms)
  went({ page: 'product', product: 'a' })
  clock.ms = 4_000
  away()
  clock.ms = 60_000
  back()
  clock.ms = 62_000
  went({ page: 'product', product: 'a' })
  went({ page: 'home' })
  expect(told).toEqual([
    { kind: 'view', product_id: 'a' },
    { kind: 'dwell', product_id: 'a', dwell_seconds: 4 },
    { kind: 'dwell', product_id: 'a', dwell_seconds: 2 },
  ])
})

test('a search is told once, whatever is filtered afterwards', () => {
  const told: Told[] = []
  const { went } = makeVisits((event) => told.push(event), () => 0)
  went({ page: 'search', words: '茶' })
  went({ page: 'search', words: '茶' })
  went({ page: 'search', words: 'x'.repeat(300) })
  went({ page: 'home' })
  expect(told.map(({ words }) => words)).toEqual(['茶', 'x'.repeat(100)])
})

// -- cards -------------------------------------------------------------------------------------------------------------

type Looked = (entries: { target: Element; isIntersecting: boolean }[]) => void

let looked: Looked
const observed = new Set<Element>()

beforeEach(() => {
  observed.clear()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(run: Looked) {
        looked = run
      }
      observe = (card: Element) => observed.add(card)
      unobserve = (card: Element) => observed.delete(card)
      disconnect = () => observed.clear()
    },
  )
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  document.body.innerHTML = ''
})

const card = (id: string) => `<li><article class="card"><h3><a href="/en/p/${id}">x</a></h3><a class="store" href="/store/s">s</a></article></li>`
const found = (id: string) => document.querySelector(`a[href$="/p/${id}"]`)!.closest<HTMLElement>('article')!

test('a card says where it stands: by its list, else by its page', () => {
  document.body.innerHTML = `<ul>${card('a')}${card('b')}</ul><section data-placement="paid" data-model="v2" data-arm="try:b"><ul>${card('c')}</ul></section><div data-placement="moon" data-model="a b">${card('d')}</div>`
  expect(placeOf(found('b'), 'home')).toEqual({ product_id: 'b', placement: 'home', model: '', arm: '', position: 1 })
  expect(placeOf(found('c'), 'home')).toEqual({ product_id: 'c', placement: 'paid', model: 'v2', arm: 'try:b', position: 0 })
  expect(placeOf(found('d'), 'home')).toMatchObject({ placement: 'other', model: '' })
})

test('half a card for a second was seen, once; less was not', () => {
  const told: Told[] = []
  document.body.innerHTML = `<ul>${card('a')}${card('b')}</ul>`
  const end = watchCards(document.body, () => 'home', (event) => told.push(event))
  expect(observed.size).toBe(2)
  looked([{ target: found('a'), isIntersecting: true }, { target: found('b'), isIntersecting: true }])
  vi.advanceTimersByTime(900)
  looked([{ target: found('b'), isIntersecting: false }])
  vi.advanceTimersByTime(900)
  expect(told).toEqual([{ kind: 'impression', product_id: 'a', placement: 'home', model: '', arm: '', position: 0 }])
  expect(observed.has(found('a'))).toBe(false)
  end()
})

test('opening a product is a click, going to its store is none, and nothing is told after the end', () => {
  const told: Told[] = []
  document.body.innerHTML = `<ul>${card('a')}</ul>`
  document.body.addEventListener('click', (event) => event.preventDefault())
  const end = watchCards(document.body, () => 'search', (event) => told.push(event))
  found('a').querySelector<HTMLElement>('.store')!.click()
  found('a').querySelector<HTMLElement>('h3 a')!.click()
  end()
  found('a').querySelector<HTMLElement>('h3 a')!.click()
  expect(told).toEqual([{ kind: 'click', product_id: 'a', placement: 'search', model: '', arm: '', position: 0 }])
})

// -- consent -----------------------------------------------------------------------------------------------------------

test('what was said is remembered on the device, and a browser that says no is believed', async () => {
  const said: boolean[] = []
  const answer = (allowed: boolean | null, signal = false): Consent => ({ allowed, said_at: null, signal, text_version: '1' })
  const app = createApp({})
  app.provide(SHOP, {
    consent: () => Promise.resolve(answer(null)),
    sayConsent: (allowed: boolean) => {
      said.push(allowed)
      return Promise.resolve(answer(allowed, said.length > 1))
    },
  } as never)
  const pinia = createPinia()
  app.use(pinia)
  setActivePinia(pinia)
  const consent = useConsent()
  expect([consent.isAllowed, consent.isUnasked]).toEqual([false, false])
  await consent.learn()
  expect([consent.isAllowed, consent.isUnasked]).toEqual([false, true])
  await consent.say(true)
  expect(consent.isAllowed).toBe(true)
  expect(document.cookie).toContain('jishi_behaviour=yes')
  await consent.say(true)
  expect(consent.isAllowed).toBe(false)
  expect([asksNotToBeFollowed({ doNotTrack: '1' }), asksNotToBeFollowed({ globalPrivacyControl: true }), asksNotToBeFollowed({ doNotTrack: null })]).toEqual([true, true, false])
})

test('erasing takes the history along only when that is wanted', async () => {
  const done: string[] = []
  const note = (name: string) => () => {
    done.push(name)
    return Promise.resolve()
  }
  const empty = { total: 0, kinds: [], first_at: null, last_at: null }
  const { kept, erase } = usePrivacy({ keptBehaviour: () => Promise.resolve(empty), eraseBehaviour: note('events'), forgetViews: note('history') })
  await erase(false)
  await erase(true)
  expect(done).toEqual(['events', 'events', 'history'])
  expect(kept.value).toEqual(empty)
})
