import { expect, test } from 'vitest'
import { bearers } from './funders'

test('who bears a discount is named with his share, and nobody who bears nothing', () => {
  const funders = [
    { funder: 'platform', basis_points: 6_050 },
    { funder: 'merchant', basis_points: 3_950 },
    { funder: 'brand', basis_points: 0 },
  ] as const
  expect(bearers({ funders: [...funders] })).toEqual([
    { funder: 'platform', percent: '60.5%' },
    { funder: 'merchant', percent: '39.5%' },
  ])
})
