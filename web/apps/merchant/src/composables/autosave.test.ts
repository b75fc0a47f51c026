import { ShopProblem } from '@jishi/api'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { REST_MS, useAutosave } from './autosave'

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-11-30T04:03:00Z') }))
afterEach(() => void vi.useRealTimers())

const refusal = (status: number, code: string) => new ShopProblem({ status, code, detail: 'no' })

/** A text being written, and a shop that answers what it is told to. */
function desk(answers: (ShopProblem | 'kept')[] = []) {
  const now = { text: 'a' }
  const sent: string[] = []
  const saving = useAutosave<{ text: string }>({
    read: () => ({ ...now }),
    missing: (draft) => (draft.text ? undefined : 'needTitle'),
    write: (draft) => {
      sent.push(draft.text)
      const answer = answers.shift() ?? 'kept'
      return answer === 'kept' ? Promise.resolve(draft) : Promise.reject(answer)
    },
  })
  saving.settle()
  const type = (text: string) => {
    now.text = text
    saving.changed()
  }
  return { sent, type, ...saving }
}

test('a draft is saved once typing rests, and only what changed', async () => {
  const { sent, type, state } = desk()
  type('a')
  await vi.advanceTimersByTimeAsync(REST_MS * 2)
  expect(sent).toEqual([])
  type('ab')
  await vi.advanceTimersByTimeAsync(REST_MS - 1)
  type('abc')
  await vi.advanceTimersByTimeAsync(REST_MS - 1)
  expect(sent).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  expect(sent).toEqual(['abc'])
  expect(state.value).toMatchObject({ step: 'saved' })
})

test('what is typed while a save is on its way is saved after it', async () => {
  const now = { text: 'a' }
  const sent: string[] = []
  let arrive = () => {}
  const saving = useAutosave<{ text: string }>({
    read: () => ({ ...now }),
    missing: () => undefined,
    write: (draft) => {
      sent.push(draft.text)
      return new Promise((resolve) => (arrive = () => resolve(draft)))
    },
  })
  saving.settle()
  now.text = 'first'
  void saving.flush()
  await vi.advanceTimersByTimeAsync(0)
  now.text = 'second'
  saving.changed()
  arrive()
  await vi.advanceTimersByTimeAsync(REST_MS)
  expect(sent).toEqual(['first', 'second'])
})

test('without an answer it tries again by itself, more and more slowly', async () => {
  const { sent, type, state } = desk([refusal(0, 'offline'), refusal(503, 'busy')])
  type('ab')
  await vi.advanceTimersByTimeAsync(REST_MS)
  expect(state.value.step).toBe('retrying')
  await vi.advanceTimersByTimeAsync(4_000)
  expect([sent.length, state.value.step]).toEqual([2, 'retrying'])
  await vi.advanceTimersByTimeAsync(8_000)
  expect([sent, state.value.step]).toEqual([['ab', 'ab', 'ab'], 'saved'])
})

test('a field that is missing is named, and saved once it is filled', async () => {
  const { sent, type, state } = desk()
  type('')
  await vi.advanceTimersByTimeAsync(REST_MS)
  expect([sent, state.value]).toEqual([[], { step: 'waiting', missing: 'needTitle' }])
  type('x')
  await vi.advanceTimersByTimeAsync(REST_MS)
  expect(sent).toEqual(['x'])
})

test('a refusal says why and waits for the next change', async () => {
  const { sent, type, state } = desk([refusal(422, 'invalid')])
  type('bad')
  await vi.advanceTimersByTimeAsync(REST_MS)
  expect(state.value).toEqual({ step: 'refused', words: 'no' })
  await vi.advanceTimersByTimeAsync(600_000)
  expect(sent).toEqual(['bad'])
  type('good')
  await vi.advanceTimersByTimeAsync(REST_MS)
  expect([sent, state.value.step]).toEqual([['bad', 'good'], 'saved'])
})

test('another’s newer version stops the saving until somebody chose', async () => {
  const { sent, type, state, flush, settle } = desk([refusal(409, 'product_changed')])
  type('mine')
  await vi.advanceTimersByTimeAsync(REST_MS)
  expect(state.value.step).toBe('conflict')
  type('mine still')
  await vi.advanceTimersByTimeAsync(600_000)
  await flush()
  expect(sent).toEqual(['mine'])
  settle()
  type('mine again')
  await vi.advanceTimersByTimeAsync(REST_MS)
  expect(sent).toEqual(['mine', 'mine again'])
})

test('who saves by hand is told of the refusal; leaving saves at once', async () => {
  const { sent, type, save, flush } = desk([refusal(422, 'invalid')])
  type('bad')
  await expect(save()).rejects.toMatchObject({ code: 'invalid' })
  type('good')
  await flush()
  await flush()
  expect(sent).toEqual(['bad', 'good'])
  await save({ isForced: true })
  expect(sent).toEqual(['bad', 'good', 'good'])
})
