import { expect, test } from 'vitest'
import { cellAfter, filled, pastedColumn } from './grid'
import { gridOf } from './variants'

const middle = { atStart: false, atEnd: false }
const empty = { atStart: true, atEnd: true }

test('arrows and Enter walk the grid and stop at its edges', () => {
  expect(cellAfter('ArrowDown', { row: 0, column: 1 }, 3, 4, middle)).toEqual({ row: 1, column: 1 })
  expect(cellAfter('Enter', { row: 1, column: 1 }, 3, 4, middle)).toEqual({ row: 2, column: 1 })
  expect(cellAfter('Enter', { row: 2, column: 1 }, 3, 4, middle)).toBeUndefined()
  expect(cellAfter('ArrowUp', { row: 0, column: 1 }, 3, 4, middle)).toBeUndefined()
})

test('sideways only leaves a cell at the end of its text', () => {
  expect(cellAfter('ArrowRight', { row: 0, column: 0 }, 1, 2, middle)).toBeUndefined()
  expect(cellAfter('ArrowRight', { row: 0, column: 0 }, 1, 2, empty)).toEqual({ row: 0, column: 1 })
  expect(cellAfter('ArrowLeft', { row: 0, column: 0 }, 1, 2, empty)).toBeUndefined()
  expect(cellAfter('a', { row: 0, column: 0 }, 1, 2, empty)).toBeUndefined()
})

test('a column of a spreadsheet is one figure a line', () => {
  expect(pastedColumn('9.90\tx\r\n19.90\r\n')).toEqual(['9.90', '19.90'])
})

test('one figure fills a column and leaves the others', () => {
  const grid = gridOf([{ code: 'c', name: { zh: 'c', en: 'c' }, values: ['a', 'b'].map((code) => ({ code, name: { zh: code, en: code }, media_id: null })) }], [])
  const priced = filled(grid, { price_minor: 990 })
  expect(priced.map((sku) => sku.price_minor)).toEqual([990, 990])
  expect(priced.map((sku) => sku.code)).toEqual(grid.map((sku) => sku.code))
})
