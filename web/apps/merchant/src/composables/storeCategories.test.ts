import { describe, expect, it } from 'vitest'
import type { StoreCategoryRow } from '../api/types'
import { dropped, parentsFor, portions, siblingsOf, stepped, treeOf } from './storeCategories'

function row(id: string, parent_id: string | null = null): StoreCategoryRow {
  return { id, parent_id, name: { zh: id, en: '' }, product_count: 0, live_count: 0 }
}
const ROWS = [row('tea'), row('green', 'tea'), row('pots'), row('black', 'tea')]

describe('a tree of store categories', () => {
  it('keeps the order of siblings', () => {
    expect(treeOf(ROWS).map(({ row: { id }, children }) => [id, children.map((one) => one.id)])).toEqual([
      ['tea', ['green', 'black']],
      ['pots', []],
    ])
  })

  it('knows the siblings of each', () => {
    expect(siblingsOf(ROWS, 'black')).toEqual(['green', 'black'])
    expect(siblingsOf(ROWS, 'pots')).toEqual(['tea', 'pots'])
    expect(siblingsOf(ROWS, 'gone')).toEqual([])
  })

  it('offers no parent that would make a third level or a circle', () => {
    expect(parentsFor(ROWS, 'tea')).toEqual([])
    expect(parentsFor(ROWS, 'pots').map(({ id }) => id)).toEqual(['tea'])
    expect(parentsFor(ROWS, undefined).map(({ id }) => id)).toEqual(['tea', 'pots'])
  })
})

describe('an order', () => {
  it('moves one by a step and stays at the ends', () => {
    expect(stepped(['a', 'b', 'c'], 'b', 1)).toEqual(['a', 'c', 'b'])
    expect(stepped(['a', 'b', 'c'], 'b', -1)).toEqual(['b', 'a', 'c'])
    expect(stepped(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c'])
    expect(stepped(['a', 'b', 'c'], 'c', 1)).toEqual(['a', 'b', 'c'])
  })

  it('puts what is dragged where it is dropped', () => {
    expect(dropped(['a', 'b', 'c'], 'a', 'c')).toEqual(['b', 'c', 'a'])
    expect(dropped(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b'])
    expect(dropped(['a', 'b', 'c'], 'x', 'a')).toEqual(['a', 'b', 'c'])
  })
})

it('asks for no more at a time than the market takes', () => {
  expect(portions([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
  expect(portions([])).toEqual([])
})
