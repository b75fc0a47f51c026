import { expect, test } from 'vitest'
import { isOtherFace } from './useArrival'

test('the merchant centre and the back office are no pages of the storefront', () => {
  expect(isOtherFace('/merchant/orders?status=awaiting_shipment')).toBe(true)
  expect(isOtherFace('/admin/')).toBe(true)
  expect(isOtherFace('/')).toBe(false)
  expect(isOtherFace('/merchants')).toBe(false)
})
