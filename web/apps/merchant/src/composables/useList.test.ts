import { expect, test } from 'vitest'
import type { Page } from '../api/types'
import { useList } from './useList'

test('pages are appended until there are no more', async () => {
  const pages: Record<string, Page<number>> = { first: { items: [1, 2], next_cursor: 'b' }, b: { items: [3], next_cursor: null } }
  const list = useList<number>((cursor) => Promise.resolve(pages[cursor ?? 'first']!))
  await list.reload()
  await list.more()
  await list.more()
  expect(list.items.value).toEqual([1, 2, 3])
  expect(list.hasMore.value).toBeNull()
})

test('a late answer to an older question changes nothing', async () => {
  const answers: ((page: Page<string>) => void)[] = []
  const list = useList<string>(() => new Promise((resolve) => answers.push(resolve)))
  const older = list.reload()
  const newer = list.reload()
  answers[1]!({ items: ['new'], next_cursor: null })
  await newer
  answers[0]!({ items: ['old'], next_cursor: null })
  await older
  expect(list.items.value).toEqual(['new'])
  expect(list.isLoading.value).toBe(false)
})

test('a failure keeps what is shown and can be tried again', async () => {
  let works = true
  const list = useList<number>(() => (works ? Promise.resolve({ items: [1], next_cursor: 'x' }) : Promise.reject(new Error('down'))))
  await list.reload()
  works = false
  await list.more()
  expect(list.items.value).toEqual([1])
  expect(list.problem.value).toBeInstanceOf(Error)
  works = true
  await list.reload()
  expect(list.problem.value).toBeUndefined()
})
