import { expect, test } from 'vitest'
import type { SaleEvent } from '../api/types'
import { ownShare, titlesOf, workOn } from './events'

const entry = { status: 'applied', product_ids: ['p1', 'p2', 'gone'], titles: { p1: { zh: '茶', en: 'Tea' }, p2: { zh: '壶', en: '' } }, reason: '', changed_at: '' } as const
const event = (also: object = {}) =>
  ({ status: 'enrolling', can_enrol: true, entry: null, funders: [{ funder: 'platform', basis_points: 6_000 }, { funder: 'merchant', basis_points: 4_000 }], ...also }) as unknown as SaleEvent

test('an event is entered while enrolment is open and left until it runs', () => {
  expect(workOn(event())).toEqual({ canEnrol: true, canWithdraw: false })
  expect(workOn(event({ entry }))).toEqual({ canEnrol: true, canWithdraw: true })
  expect(workOn(event({ entry, can_enrol: false }))).toEqual({ canEnrol: false, canWithdraw: true })
  expect(workOn(event({ entry: { ...entry, status: 'withdrawn' } })).canWithdraw).toBe(false)
  expect(workOn(event({ entry, status: 'running', can_enrol: false })).canWithdraw).toBe(false)
})

test('what the merchant himself pays is said in per cent', () => {
  expect(ownShare(event())).toBe(40)
  expect(ownShare(event({ funders: [{ funder: 'platform', basis_points: 10_000 }] }))).toBe(0)
})

test('the products of an entry are named in the language that is read', () => {
  expect(titlesOf(event({ entry }), 'zh')).toBe('茶、壶')
  expect(titlesOf(event({ entry }), 'en')).toBe('Tea, 壶')
  expect(titlesOf(event(), 'zh')).toBe('')
})
