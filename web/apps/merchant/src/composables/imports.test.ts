import { describe, expect, it } from 'vitest'
import type { ImportColumn, ImportRun } from '../api/types'
import { checkOf, isUnderWay, meaningsOf, missingIn, percentOf } from './imports'

const column = (position: number, target: string | null): ImportColumn => ({ position, head: `列${position}`, target, samples: [] })
const run = (part: Partial<ImportRun>) => ({ row_count: 3, done_count: 0, status: 'uploaded', ...part }) as ImportRun

describe('what columns mean', () => {
  it('begins with what the shop proposes, and leaves out the rest', () => {
    expect(meaningsOf([column(0, 'code'), column(1, null), column(2, 'price')])).toEqual({ 0: 'code', 2: 'price' })
  })

  it('needs a SKU code, each meaning once, and a warehouse for stock', () => {
    expect(missingIn({ 0: 'price' }, null)).toEqual({ word: 'needCode' })
    expect(missingIn({ 0: 'code', 1: 'price', 2: 'price' }, null)).toEqual({ word: 'twice', target: 'price' })
    expect(missingIn({ 0: 'code', 1: 'stock' }, null)).toEqual({ word: 'needWarehouse' })
    expect(missingIn({ 0: 'code', 1: 'stock' }, 'w')).toBeUndefined()
  })

  it('lets several columns be sale attributes of their own', () => {
    expect(missingIn({ 0: 'code', 1: 'own_axis', 2: 'own_axis' }, null)).toBeUndefined()
  })

  it('is sent as places and meanings', () => {
    expect(checkOf({ 3: 'code' }, true, null)).toEqual({ columns: [{ position: 3, target: 'code' }], for_review: true, warehouse_id: null })
  })
})

describe('how far a run is', () => {
  it('is a hundred per cent only when every row is done', () => {
    expect(percentOf(run({ row_count: 1000, done_count: 999 }))).toBe(99)
    expect(percentOf(run({ row_count: 1000, done_count: 1000 }))).toBe(100)
  })

  it('goes on by itself while it is checked and written', () => {
    expect(['uploaded', 'checking', 'checked', 'writing', 'done'].filter((status) => isUnderWay(run({ status: status as 'done' })))).toEqual(['checking', 'writing'])
  })
})
