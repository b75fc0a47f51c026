import type { PictureMatch } from '@jishi/api'
import { offlineProblem } from '@jishi/api'
import { expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { usePictureSearch } from './usePictureSearch'

const file = (name: string) => new File(['x'], name, { type: 'image/png' })
const match = (id: string) => ({ product: { id }, is_same: true }) as PictureMatch

it('shows the answer of the later picture, whichever comes first', async () => {
  const answers: Record<string, (found: PictureMatch[]) => void> = {}
  const scope = effectScope()
  const one = scope.run(() => usePictureSearch((asked) => new Promise((resolve) => (answers[asked.name] = resolve))))!
  const first = one.look(file('a'))
  const second = one.look(file('b'))
  answers.b?.([match('b')])
  await second
  answers.a?.([match('a')])
  await first
  expect(one.found.value?.map(({ product }) => product.id)).toEqual(['b'])
  expect(one.isLooking.value).toBe(false)
  scope.stop()
})

it('says what went wrong, and forgets it with the next picture', async () => {
  const search = vi.fn().mockRejectedValueOnce(offlineProblem()).mockResolvedValueOnce([])
  const scope = effectScope()
  const one = scope.run(() => usePictureSearch(search))!
  await one.look(file('a'))
  expect([one.problem.value !== undefined, one.found.value]).toEqual([true, undefined])
  await one.look(file('b'))
  expect([one.problem.value, one.found.value]).toEqual([undefined, []])
  scope.stop()
})

it('keeps no picture in memory that is not shown', async () => {
  const revoke = vi.spyOn(URL, 'revokeObjectURL')
  const scope = effectScope()
  const one = scope.run(() => usePictureSearch(async () => []))!
  await one.look(file('a'))
  await one.look(file('b'))
  scope.stop()
  expect(revoke).toHaveBeenCalledTimes(2)
})
