import { expect, test } from 'vitest'
import { AT_ONCE, pooled, useBulk } from './bulk'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
const explain = (error: unknown) => {
  if (error instanceof RangeError) return error.message
  throw error
}

test('never more than a few run at once, and all are done', async () => {
  let running = 0
  let most = 0
  const done: number[] = []
  await pooled(numbers(11), async (item) => {
    running += 1
    most = Math.max(most, running)
    await Promise.resolve()
    running -= 1
    done.push(item)
  })
  expect(most).toBe(AT_ONCE)
  expect(done.sort((a, b) => a - b)).toEqual(numbers(11))
})

test('one that fails is named and stops no other', async () => {
  const bulk = useBulk<number>(String, (item) => (item === 2 ? Promise.reject(new RangeError('sold out')) : Promise.resolve()), explain)
  await bulk.run(numbers(5))
  expect(bulk.outcomes.value['2']).toEqual({ step: 'failed', words: 'sold out' })
  expect([bulk.count('done'), bulk.count('failed')]).toEqual([4, 1])
  expect(bulk.isRunning.value).toBe(false)
})

test('trying again does only what is not done', async () => {
  const asked: number[] = []
  let works = false
  const bulk = useBulk<number>(
    String,
    (item) => {
      asked.push(item)
      return works || item !== 1 ? Promise.resolve() : Promise.reject(new RangeError('away'))
    },
    explain,
  )
  await bulk.run(numbers(3))
  works = true
  await bulk.run(numbers(3))
  expect(asked.filter((item) => item === 1)).toHaveLength(2)
  expect(asked).toHaveLength(4)
  expect(bulk.count('done')).toBe(3)
})

test('what is no refusal surfaces once the others have ended', async () => {
  const bulk = useBulk<number>(String, (item) => (item === 0 ? Promise.reject(new TypeError('a bug')) : Promise.resolve()), explain)
  await expect(bulk.run(numbers(3))).rejects.toThrow('a bug')
  expect(bulk.count('done')).toBe(2)
  expect(bulk.isRunning.value).toBe(false)
})
