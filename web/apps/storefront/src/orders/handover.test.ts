import type { Handover, Order, OrderLine } from '@jishi/api'
import { expect, test } from 'vitest'
import en from '../i18n/handover/en'
import zh from '../i18n/handover/zh'
import { byLine, inFours } from './handover'
import { statusOf } from './rules'

const line = (id: string) => ({ id, title: id }) as OrderLine
const handover = {
  codes: [{ id: 'c1', order_line_id: 'b', text: '', opened_at: null }],
  vouchers: [{ id: 'v1', order_line_id: 'a', code: '123456789012', state: 'unused', expires_at: '2026-12-31T00:00:00Z', redeemed_at: null }],
  unused_count: 2,
} as Handover

test('codes and vouchers stand with their lines, lines without any are left out', () => {
  const found = byLine([line('a'), line('parcel'), line('b')], handover)
  expect(found.map((one) => [one.line.id, one.codes.length, one.vouchers.length])).toEqual([
    ['a', 0, 1],
    ['b', 1, 0],
  ])
})

test('a service that was paid waits to be used, anything else as ever', () => {
  const order = (...kinds: string[]) => ({ status: 'awaiting_shipment', lines: kinds.map((kind) => ({ kind })) }) as Order
  expect([order('service'), order('service', 'physical'), order('physical')].map(statusOf)).toEqual(['awaiting_use', 'awaiting_shipment', 'awaiting_shipment'])
  expect(statusOf({ ...order('service'), status: 'completed' })).toBe('completed')
})

test('a voucher is read in fours', () => {
  expect(inFours('123456789012')).toBe('1234 5678 9012')
})

test('both languages say the same of codes and vouchers', () => {
  expect(Object.keys(en)).toEqual(Object.keys(zh))
  expect(Object.keys(en.states)).toEqual(Object.keys(zh.states))
})
