import { expect, test } from 'vitest'
import { exportAddress } from './exports'
import { statusesOf, TO_SHIP } from './queues'

test('a file has the filters of its list and the language of its reader', () => {
  expect(exportAddress('orders', { status: statusesOf(TO_SHIP), search: '' }, 'en')).toBe(
    '/api/v1/merchant/exports/orders.csv?status=awaiting_shipment&status=partially_shipped&language=en',
  )
})

test('a tab without a queue is its own status, the first tab is all', () => {
  expect(statusesOf('closed')).toEqual(['closed'])
  expect(statusesOf('')).toEqual([])
})
