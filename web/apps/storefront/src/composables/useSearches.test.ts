import { ShopProblem } from '@jishi/api'
import { beforeEach, expect, test, vi } from 'vitest'
import { useSearches } from './useSearches'

const shop = {
  searches: vi.fn(),
  hotWords: vi.fn(),
  noteSearch: vi.fn(),
  forgetSearches: vi.fn(),
}
vi.mock('../api/shop', () => ({ useShop: () => shop }))
const away = new ShopProblem({ status: 503, code: 'searches_away' })

beforeEach(() => {
  shop.searches.mockReset().mockResolvedValue({ items: [{ words: '茶壶' }, { words: '耳机' }] })
  shop.hotWords.mockReset().mockResolvedValue({ items: [{ text: '咖啡', kind: 'query', target_id: null }] })
  shop.noteSearch.mockReset().mockResolvedValue(undefined)
  shop.forgetSearches.mockReset().mockResolvedValue(undefined)
})

test('both are asked for once, when the box is opened', async () => {
  const { recent, hot, open } = useSearches()
  await open()
  await open()
  expect(recent.value).toEqual(['茶壶', '耳机'])
  expect(hot.value.map(({ text }) => text)).toEqual(['咖啡'])
  expect(shop.searches).toHaveBeenCalledTimes(1)
})

test('one that fails does not take the other along', async () => {
  shop.hotWords.mockRejectedValue(away)
  const { recent, hot, open } = useSearches()
  await open()
  expect(recent.value).toHaveLength(2)
  expect(hot.value).toEqual([])
})

test('a search moves to the head, and nothing is not remembered', async () => {
  const { recent, open, remember } = useSearches()
  await open()
  await remember('  耳机 ')
  await remember('   ')
  expect(recent.value).toEqual(['耳机', '茶壶'])
  expect(shop.noteSearch.mock.calls).toEqual([['耳机']])
})

test('one is forgotten, then all', async () => {
  const { recent, open, forget } = useSearches()
  await open()
  await forget('茶壶')
  expect(recent.value).toEqual(['耳机'])
  await forget()
  expect(recent.value).toEqual([])
  expect(shop.forgetSearches.mock.calls).toEqual([[['茶壶']], [[]]])
})

test('what could not be forgotten is still there', async () => {
  shop.forgetSearches.mockRejectedValue(away)
  const { recent, open, forget } = useSearches()
  await open()
  await forget()
  expect(recent.value).toEqual(['茶壶', '耳机'])
})
