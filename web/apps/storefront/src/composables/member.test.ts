import type { Media, OwnReview, Page, Review, ReviewSummary } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { ProveYourself } from '../api/security'
import { countOpen, isReceived } from '../orders/rules'
import { byDay, dayName } from './days'
import { useProof } from './useProof'
import { PICTURES_MAX, useReviewForm } from './useReviewForm'
import { barsOf, filterOf, useReviews } from './useReviews'
import { isCrawler } from './useViewed'

const settled = () => new Promise((done) => setTimeout(done, 0))
const offline = () => new ShopProblem({ status: 0, code: 'offline' })
const summary: ReviewSummary = { rating: { average_hundredths: 433, count: 3 }, by_stars: [0, 0, 1, 0, 2], with_pictures: 1 }
const review = (id: string): Review => ({ id, product_id: 'p', author: '林**', stars: 5, text: '好', pictures: [], choice_name: '', reply: null, written_at: '2026-07-01T00:00:00Z', merchant: null })
const page = (items: Review[], next_cursor: string | null = null): Page<Review> => ({ items, next_cursor })
const shot = (name: string) => new File(['x'], name, { type: 'image/png' })
const media = (id: string) => ({ id, kind: 'image' }) as Media

test('the bars of a summary begin with five stars', () => {
  expect(barsOf(summary).map(({ stars, count, percent }) => [stars, count, percent])).toEqual([
    [5, 2, 67],
    [4, 0, 0],
    [3, 1, 33],
    [2, 0, 0],
    [1, 0, 0],
  ])
  expect(barsOf({ rating: null, by_stars: [0, 0, 0, 0, 0], with_pictures: 0 })[0]?.percent).toBe(0)
  expect([filterOf('all'), filterOf('pictures'), filterOf(2)]).toEqual([{}, { with_pictures: true }, { stars: 2 }])
})

test('reviews come with the page, are narrowed by the choice, and grow', async () => {
  const asked: unknown[] = []
  const shop = {
    reviews: (_: string, filter: object, cursor?: string) => {
      asked.push([filter, cursor])
      return Promise.resolve(cursor ? page([review('b')]) : page([review('c')]))
    },
  }
  const brought = { reviews: page([review('a')], 'next'), summary }
  const { items, choice, more, hasMore, problem } = useReviews(shop, 'p', () => brought)
  expect(items.value.map(({ id }) => id)).toEqual(['a'])
  expect(asked).toEqual([])
  await more()
  expect(items.value.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(hasMore.value).toBe(false)
  choice.value = 3
  await nextTick()
  await settled()
  expect(asked.at(-1)).toEqual([{ stars: 3 }, undefined])
  expect(items.value.map(({ id }) => id)).toEqual(['c'])
  shop.reviews = () => Promise.reject(offline())
  choice.value = 'pictures'
  await nextTick()
  await settled()
  expect(problem.value?.code).toBe('offline')
  choice.value = 'all'
  await nextTick()
  expect([problem.value, items.value.map(({ id }) => id)]).toEqual([undefined, ['a', 'b']])
})

test('a review without stars is not sent; with them it goes with its pictures, and a refusal loses nothing', async () => {
  const sent: unknown[] = []
  let refuses = true
  const shop = {
    uploadReviewPicture: (file: File) => Promise.resolve(media(file.name)),
    review: (line: string, wish: unknown) => {
      if (refuses) return Promise.reject(offline())
      sent.push([line, wish])
      return Promise.resolve({ order_line_id: line } as OwnReview)
    },
  }
  const form = useReviewForm(shop, 'l1')
  expect(await form.submit()).toBeUndefined()
  expect(form.lacksStars.value).toBe(true)
  form.values.stars = 4
  form.values.text = '茶香清雅'
  form.add([shot('a.png')])
  expect(await form.submit()).toBeUndefined()
  await settled()
  await expect(form.submit()).rejects.toThrow(ShopProblem)
  expect([form.values.text, form.pictures.length]).toEqual(['茶香清雅', 1])
  refuses = false
  expect((await form.submit())?.order_line_id).toBe('l1')
  expect(sent).toEqual([['l1', { stars: 4, text: '茶香清雅', is_anonymous: false, media_ids: ['a.png'] }]])
})

test('a picture that fails stays and can be sent again; too many are left out; a removed one is not sent', async () => {
  let fails = true
  const upload = vi.fn((file: File) => (fails ? Promise.reject(offline()) : Promise.resolve(media(file.name))))
  const form = useReviewForm({ uploadReviewPicture: upload, review: () => Promise.reject(offline()) }, 'l1')
  expect(form.add([shot('a'), shot('b')])).toBe(0)
  const second = form.pictures[1]
  if (second) form.remove(second)
  await settled()
  expect(form.pictures.map(({ state }) => state)).toEqual(['failed'])
  expect(upload).toHaveBeenCalledTimes(1)
  fails = false
  const first = form.pictures[0]
  if (first) await form.retry(first)
  expect(form.pictures[0]?.state).toBe('sent')
  expect(form.add(Array.from({ length: PICTURES_MAX }, (_, index) => shot(String(index))))).toBe(1)
})

test('things are put together by the day of the shop', () => {
  const at = ['2026-07-02T15:59:00Z', '2026-07-02T16:01:00Z', '2026-07-02T20:00:00Z'].toReversed()
  const days = byDay(at, (one) => one, 'zh')
  expect(days.map(({ items }) => items.length)).toEqual([2, 1])
  const now = Date.parse('2026-07-03T02:00:00Z')
  const words = { today: '今天', yesterday: '昨天' }
  expect(days.map(({ day }) => dayName(day, now, 'zh', words))).toEqual(['今天', '昨天'])
  expect(dayName('2026/06/01', now, 'zh', words)).toBe('2026/06/01')
})

test('crawlers leave no history', () => {
  expect(isCrawler('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)')).toBe(true)
  expect(isCrawler('Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126 Mobile Safari/537.36')).toBe(false)
})

test('open orders are counted by what they wait for', () => {
  const orders = (['awaiting_payment', 'shipped', 'delivered', 'partially_shipped'] as const).map((status) => ({ status }))
  expect(countOpen(orders)).toEqual({ awaiting_payment: 1, awaiting_shipment: 0, shipped: 3 })
  expect([isReceived('received'), isReceived('completed'), isReceived('delivered')]).toEqual([true, true, false])
})

test('a change that needs a proof is made once the password is given, and not at all without it', async () => {
  let isProven = false
  const change = () => (isProven ? Promise.resolve('done') : Promise.reject(new ProveYourself('password')))
  const { run, prove, giveUp, asksFor } = useProof({
    reauthenticate: () => {
      isProven = true
      return Promise.resolve()
    },
  })
  const refused = run(change)
  await settled()
  expect(asksFor.value).toBe('password')
  giveUp()
  expect(await refused).toBeUndefined()
  const made = run(change)
  await settled()
  await prove('secret')
  expect(await made).toBe('done')
  expect(asksFor.value).toBeUndefined()
})
