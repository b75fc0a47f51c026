import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick, ref } from 'vue'
import { installUi } from '../context'
import type { Locale } from '../format/locale'
import { CouponCard, Gallery, splitTime, UiCountdown, UiDrawer, UiList } from '../index'

const inLocale = (locale: Locale) => ({ global: { plugins: [{ install: (app: Parameters<typeof installUi>[0]) => installUi(app, { locale: ref(locale) }) }] } })
const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const image = { src: '/a-800.webp', width: 800, height: 800, alt: '壶', srcset_webp: '', srcset_avif: '' }

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-11-23T10:00:00Z') })
})
afterEach(() => {
  vi.useRealTimers()
  document.body.innerHTML = ''
})

test('a countdown counts days and a clock, and says once that it is over', async () => {
  const countdown = mount(UiCountdown, { props: { until: '2026-11-24T11:00:02Z', label: '距结束' } })
  await nextTick()
  expect(countdown.text().replace(/\s/g, '')).toBe('距结束1天01:00:02')
  await vi.advanceTimersByTimeAsync(1000)
  expect(countdown.text().replace(/\s/g, '')).toBe('距结束1天01:00:01')
  await countdown.setProps({ until: '2026-11-23T10:00:03Z' })
  await vi.advanceTimersByTimeAsync(5000)
  expect(countdown.text()).toContain('已结束')
  expect(countdown.emitted('over')).toHaveLength(1)
})

test('a clock that is not known yet takes the same room', () => {
  expect(splitTime(undefined).clock).toEqual(['--', '--', '--'])
  expect(splitTime(-5)).toEqual({ days: 0, clock: ['00', '00', '00'] })
})

test('a coupon says what it takes off and offers itself only while it can be had', async () => {
  const coupon = mount(CouponCard, { props: { title: '满减券', value: cny(2_000), least: cny(10_000), until: '2026-11-30T16:00:00Z', state: 'open' } })
  expect(coupon.text()).toContain('满 ¥100.00 可用')
  expect(coupon.find('time').text()).toBe('2026/12/01 00:00')
  await coupon.find('button').trigger('click')
  expect(coupon.emitted('claim')).toHaveLength(1)
  for (const [state, said] of [['claimed', '已领取'], ['used', '已使用'], ['expired', '已过期'], ['gone', '已领完']] as const) {
    await coupon.setProps({ state })
    expect(coupon.find('button').exists()).toBe(false)
    expect(coupon.text()).toContain(said)
  }
})

test.each([
  ['zh', 80, '8 折'],
  ['zh', 85, '8.5 折'],
  ['en', 85, '15% off'],
] as const)('a share is told as people of %s say it: %i', (locale, percent, said) => {
  const coupon = mount(CouponCard, { props: { title: 'x', value: { percent }, until: '', state: 'used' }, ...inLocale(locale) })
  expect(coupon.text()).toContain(said)
})

test('a drawer is named by its title, takes the focus and is closed by Escape', async () => {
  const drawer = mount(UiDrawer, { props: { open: true, title: '筛选' }, slots: { default: '<button>红</button>', footer: '<button>ok</button>' }, attachTo: document.body })
  await nextTick()
  const content = document.querySelector('[role=dialog]')!
  expect(document.getElementById(content.getAttribute('aria-labelledby')!)?.textContent).toBe('筛选')
  await vi.waitFor(() => expect(content.contains(document.activeElement)).toBe(true))
  content.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  await nextTick()
  expect(drawer.emitted('update:open')?.at(-1)).toEqual([false])
  drawer.unmount()
})

test('a growing list has a face for each state: first load, items, failure, nothing, end', async () => {
  const list = mount(UiList, { props: { items: [], label: '评价', loading: true, more: false, busy: false, skeletons: 2 }, slots: { default: '<template #default="{ item }"><p>{{ item.id }}</p></template>', empty: '<p>空</p>' } })
  expect(list.attributes('aria-busy')).toBe('true')
  expect(list.findAll('[aria-hidden=true]')).toHaveLength(2)
  await list.setProps({ loading: false, items: [{ id: 'a' }, { id: 'b' }], more: true })
  expect(list.findAll('li').map((row) => row.text())).toEqual(['a', 'b'])
  await list.find('button').trigger('click')
  expect(list.emitted('more')).toHaveLength(1)
  await list.setProps({ failed: true })
  expect(list.find('button').text()).toBe('重试')
  await list.setProps({ failed: false, more: false })
  expect(list.text()).toContain('已经到底了')
  await list.setProps({ items: [] })
  expect(list.text()).toBe('空')
  await list.setProps({ failed: true })
  expect(list.find('button').text()).toBe('重试')
})

test('a film comes last in the gallery, and nothing of it is fetched before it is played', async () => {
  const gallery = mount(Gallery, { props: { images: [image], video: { src: '/a.mp4', type: 'video/mp4' } } })
  expect(gallery.find('video').attributes()).toMatchObject({ preload: 'none', controls: '', poster: '/a-800.webp' })
  const own = mount(Gallery, { props: { images: [image], video: { src: '/b.mp4', type: 'video/mp4', poster: { src: '/b-320.webp' } } } })
  expect(own.find('video').attributes('poster')).toBe('/b-320.webp')
  const pause = vi.spyOn(gallery.find('video').element as HTMLVideoElement, 'pause')
  await gallery.find('[role=group]').trigger('keydown', { key: 'ArrowRight' })
  expect(gallery.findAll('li button').at(-1)!.attributes('aria-current')).toBe('true')
  await gallery.find('[role=group]').trigger('keydown', { key: 'ArrowLeft' })
  expect(pause).toHaveBeenCalled()
})
