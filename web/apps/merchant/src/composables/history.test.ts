import { expect, test } from 'vitest'
import type { VersionRow } from '../api/types'
import { mayRestore, side } from './history'

const row = (number: number, status: VersionRow['status'], is_live = false): VersionRow => ({
  number, status, is_live, written_at: '2026-11-01T00:00:00Z', written_by: null, submitted_at: null, decided_at: null, is_automatic: false, reason: '', causes: [], changes: [],
}) // prettier-ignore
const restorable = (...rows: VersionRow[]) => rows.filter((one) => mayRestore(one, rows)).map((one) => one.number)

test('what is closed can be written anew, what the editor shows cannot', () => {
  expect(restorable(row(3, 'live', true), row(2, 'refused'), row(1, 'superseded'))).toEqual([2, 1])
})

test('beside a draft or a rejected version the live one can be taken up again', () => {
  expect(restorable(row(3, 'draft'), row(2, 'live', true), row(1, 'superseded'))).toEqual([2, 1])
  expect(restorable(row(3, 'rejected'), row(2, 'live', true))).toEqual([2])
})

test('nothing can be restored while a version is in review', () => {
  expect(restorable(row(3, 'in_review'), row(2, 'live', true), row(1, 'superseded'))).toEqual([])
})

test('a side of a change is money, a text, both or nothing', () => {
  const price = { amount_minor: 900, currency: 'CNY' }
  expect(side('', price)).toEqual({ price })
  expect(side('黑', price)).toEqual({ text: '黑', price })
  expect(side('', null)).toBeUndefined()
})
