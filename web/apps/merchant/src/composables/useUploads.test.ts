import { expect, test } from 'vitest'
import type { Media } from '../api/types'
import { reordered, useUploads } from './useUploads'

const file = (name: string) => new File(['x'], name)
const media = (id: string) => ({ id }) as Media

test('what arrives leaves the queue; what is refused is named and stops no other', async () => {
  const arrived: string[] = []
  const uploads = useUploads(
    (one, onProgress) => {
      onProgress(40)
      return one.name === 'bad' ? Promise.reject(new Error('no picture')) : Promise.resolve(media(one.name))
    },
    (error) => (error as Error).message,
    (one) => arrived.push(one.id),
  )
  await uploads.send([file('a'), file('bad'), file('b')])
  expect(arrived).toEqual(['a', 'b'])
  expect(uploads.sending.value).toEqual([{ key: 2, name: 'bad', percent: 40, words: 'no picture' }])
  await uploads.send([file('c')])
  expect(uploads.sending.value).toEqual([])
})

test('one thing changes its place, the others keep their order', () => {
  expect(reordered(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b'])
  expect(reordered(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
})
