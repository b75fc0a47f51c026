import { expect, test } from 'vitest'
import { exportAddresses } from './exports'
import { statusesOf, TO_SHIP } from './queues'

test('a file has the filters of its list and the language of its reader', () => {
  expect(exportAddresses('orders', { status: statusesOf(TO_SHIP), search: '' }, 'en')).toEqual({
    csv: '/api/v1/merchant/exports/orders?status=awaiting_shipment&status=partially_shipped&format=csv&language=en',
    xlsx: '/api/v1/merchant/exports/orders?status=awaiting_shipment&status=partially_shipped&format=xlsx&language=en',
  })
})

test('a tab without a queue is its own status, the first tab is all', () => {
  expect(statusesOf('closed')).toEqual(['closed'])
  expect(statusesOf('')).toEqual([])
})
