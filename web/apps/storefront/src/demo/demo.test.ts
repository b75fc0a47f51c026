import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, expect, test } from 'vitest'
import { createApp } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import DemoTour from '../components/DemoTour.vue'
import SampleAccounts from '../components/SampleAccounts.vue'
import { makeI18n } from '../i18n'
import zh from '../i18n/zh'
import type { Demo, SampleAccount } from './demo'
import { sampleAccounts } from './demo'
import { isNewcomer, TOUR_COOKIE, useTourAgain } from './useTour'

const buyer: SampleAccount = { face: 'store', role: 'buyer', login: 'a@demo.example', name: '王小明' }
const owner: SampleAccount = { face: 'merchant', role: 'owner', login: 'b@demo.example', name: '声阔' }
const demo: Demo = { password: 'secret', accounts: [buyer, owner] }
const global = { plugins: [makeI18n('zh', zh)] }

afterEach(() => {
  document.cookie = `${TOUR_COOKIE}=; path=/; max-age=0`
  document.body.innerHTML = ''
})

test('a real market has no sample accounts and no tour', () => {
  expect(sampleAccounts(null, '/')).toEqual([])
  expect(isNewcomer(null, '')).toBe(false)
})

test('who signs in to sell is offered the people of a store, everybody else the buyers', () => {
  expect(sampleAccounts(demo, '/merchant/orders')).toEqual([owner])
  expect(sampleAccounts(demo, undefined)).toEqual([buyer])
})

test('one press chooses an account', async () => {
  const list = mount(SampleAccounts, { global, props: { accounts: [buyer] } })
  await list.get('button').trigger('click')
  expect(list.emitted('choose')).toEqual([['a@demo.example']])
})

test('the tour goes to its end and back, marks what it speaks of, and is remembered', async () => {
  document.body.innerHTML = '<header><form></form></header><div id="here"></div>'
  const tour = mount(DemoTour, { global, attachTo: '#here' })
  const title = () => tour.get('h2').text()
  expect(document.activeElement).toBe(tour.get('h2').element)
  expect(title()).toBe(zh.tour.stops.welcome.title)
  await tour.trigger('keydown', { key: 'ArrowRight' })
  expect(title()).toBe(zh.tour.stops.search.title)
  await tour.trigger('keydown', { key: 'ArrowLeft' })
  await tour.trigger('keydown', { key: 'ArrowLeft' })
  expect(title()).toBe(zh.tour.stops.welcome.title)
  expect(isNewcomer(demo, document.cookie)).toBe(true)
  for (let step = 0; step < 5; step += 1) await tour.get('footer button:last-child').trigger('click')
  expect(tour.emitted('close')).toHaveLength(1)
  expect(isNewcomer(demo, document.cookie)).toBe(false)
})

test('Escape sends the tour away for good, and what was marked is as before', async () => {
  document.body.innerHTML = '<header><form></form></header><div id="here"></div>'
  const tour = mount(DemoTour, { global, attachTo: '#here' })
  window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }))
  expect(tour.emitted('close')).toHaveLength(1)
  expect(isNewcomer(demo, document.cookie)).toBe(false)
  tour.unmount()
  expect(document.querySelector('[data-tour-here]')).toBeNull()
})

test('whoever asks for the tour once more gets it on the home page, until it is over', async () => {
  const router = createRouter({ history: createMemoryHistory(), routes: ['/', '/help'].map((path) => ({ path, component: { template: '' } })) })
  const app = createApp({ template: '' }).use(createPinia()).use(router)
  await router.push('/help')
  const tour = app.runWithContext(() => useTourAgain())
  await tour.start()
  expect([router.currentRoute.value.path, tour.isAsked]).toEqual(['/', true])
  tour.over()
  expect(tour.isAsked).toBe(false)
})

test('an asked-for tour takes the focus from the button that was pressed', () => {
  document.body.innerHTML = '<button id="again"></button><div id="here"></div>'
  document.getElementById('again')?.focus()
  const tour = mount(DemoTour, { global, attachTo: '#here', props: { isAsked: true } })
  expect(document.activeElement).toBe(tour.get('h2').element)
})
