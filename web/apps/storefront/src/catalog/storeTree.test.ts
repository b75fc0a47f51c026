import { expect, it } from 'vitest'
import { storeAddress, wayTo } from './storeTree'

const TREE = [
  { id: 'tea', name: '茶', children: [{ id: 'green', name: '绿茶', children: [] }] },
  { id: 'pots', name: '茶具', children: [] },
]

it('finds the way down to a category', () => {
  expect(wayTo(TREE, 'green').map(({ name }) => name)).toEqual(['茶', '绿茶'])
  expect(wayTo(TREE, 'pots').map(({ name }) => name)).toEqual(['茶具'])
})

it('has no way to what is not there', () => {
  expect(wayTo(TREE, 'gone')).toEqual([])
  expect(wayTo(TREE, undefined)).toEqual([])
})

it('writes addresses that can be shared', () => {
  expect(storeAddress('m')).toBe('/store/m')
  expect(storeAddress('m', 'green')).toBe('/store/m?f=store_category:green')
})
