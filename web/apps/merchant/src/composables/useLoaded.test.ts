import { flushPromises } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { useLoaded } from './useLoaded'

test('what failed can be tried again, and a later failure keeps what is shown', async () => {
  const answers: (() => Promise<string>)[] = [() => Promise.reject(new Error('away')), () => Promise.resolve('here'), () => Promise.reject(new Error('gone'))]
  const thing = useLoaded(() => answers.shift()!())
  await flushPromises()
  expect(thing.value.value).toBeUndefined()
  expect(thing.problem.value).toBeInstanceOf(Error)

  await thing.load()
  expect(thing.value.value).toBe('here')
  expect(thing.problem.value).toBeUndefined()

  await thing.load()
  expect(thing.value.value).toBe('here')
  expect(thing.problem.value).toBeInstanceOf(Error)
})
