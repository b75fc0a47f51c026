import { expect, test } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import { makePageMemory } from './pageMemory'

const View = { render: () => null }

/** Moves through a history whose places are numbered, as the browser's are. */
function walk(now: () => number = () => 0) {
  const history = createMemoryHistory()
  let position = 0
  const router = createRouter({ history, routes: [{ path: '/:rest(.*)*', component: View }] })
  const memory = makePageMemory(router, { ...history, listen: history.listen.bind(history), get state() { return { position } } }, now)
  return {
    memory,
    push: async (path: string) => {
      position += 1
      await router.push(path)
    },
    back: async () => {
      position -= 1
      const moved = new Promise<void>((done) => {
        const stop = router.afterEach(() => {
          stop()
          done()
        })
      })
      router.back()
      await moved
    },
  }
}

test('back brings what a place showed; a link to the same address asks anew', async () => {
  const { memory, push, back } = walk()
  await push('/s')
  memory.keep(memory.here(), 'list')
  await push('/p/1')
  expect(memory.recall()).toBeUndefined()
  await back()
  expect(memory.recall()).toBe('list')
  await push('/s')
  expect(memory.recall()).toBeUndefined()
})

test('an answer that comes after its place was left is kept for that place', async () => {
  const { memory, push, back } = walk()
  await push('/s')
  const place = memory.here()
  await push('/p/1')
  memory.keep(place, 'late')
  expect(memory.recall()).toBeUndefined()
  await back()
  expect(memory.recall()).toBe('late')
})

test('what is too old is asked for anew', async () => {
  let time = 0
  const { memory, push, back } = walk(() => time)
  await push('/s')
  memory.keep(memory.here(), 'list')
  await push('/p/1')
  time = 10 * 60_000
  await back()
  expect(memory.recall()).toBeUndefined()
})
