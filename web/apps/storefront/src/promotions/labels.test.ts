import { ShopProblem } from '@jishi/api'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeCardLabels } from './labels'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const answer = (...items: { product_id: string; labels: string[] }[]) => ({ items, next_cursor: null })

test('cards that appear together are asked for together, each once', async () => {
  const promotionLabels = vi.fn(() => Promise.resolve(answer({ product_id: 'a', labels: ['满199减20'] })))
  const labelsOf = makeCardLabels({ promotionLabels })
  const [a, b] = [labelsOf('a'), labelsOf('b')]
  expect(labelsOf('a')).toBe(a)
  await vi.advanceTimersByTimeAsync(300)
  expect(promotionLabels.mock.calls).toEqual([[['a', 'b']]])
  expect([a.value, b.value]).toEqual([['满199减20'], []])
})

test('many cards are asked for in several questions', async () => {
  const asked: number[] = []
  const promotionLabels = (ids: string[]) => {
    asked.push(ids.length)
    return Promise.resolve(answer())
  }
  const labelsOf = makeCardLabels({ promotionLabels })
  for (let number = 0; number < 90; number += 1) labelsOf(String(number))
  await vi.advanceTimersByTimeAsync(300)
  expect(asked).toEqual([40, 40, 10])
})

test('what was learnt is asked again after a minute, and the old labels stay until then', async () => {
  let labels = ['限时8折']
  const promotionLabels = vi.fn(() => Promise.resolve(answer({ product_id: 'a', labels })))
  const labelsOf = makeCardLabels({ promotionLabels })
  labelsOf('a')
  await vi.advanceTimersByTimeAsync(300)
  labels = []
  await vi.advanceTimersByTimeAsync(60_000)
  expect(labelsOf('a').value).toEqual(['限时8折'])
  await vi.advanceTimersByTimeAsync(300)
  expect(labelsOf('a').value).toEqual([])
})

test('a refusal leaves cards without labels', async () => {
  const labelsOf = makeCardLabels({ promotionLabels: () => Promise.reject(new ShopProblem({ status: 429, code: 'too_fast' })) })
  const a = labelsOf('a')
  await vi.advanceTimersByTimeAsync(300)
  expect(a.value).toBeUndefined()
})
