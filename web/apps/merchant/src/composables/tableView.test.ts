import { beforeEach, expect, test } from 'vitest'
import { ref } from 'vue'
import type { Column } from './columns'
import { plainQuery, useTableView, VIEWS_MAX } from './tableView'

const columns = ref<Column[]>([
  { key: 'title', label: 'Title', isWhole: true },
  { key: 'price', label: 'Price' },
  { key: 'status', label: 'Status' },
  { key: 'work', label: 'Work', isUnnamed: true },
])
const open = (owner = 'shop') => useTableView('products', owner, columns)
const shownIn = (view: ReturnType<typeof open>) => view.shown.value.map((column) => column.key)

beforeEach(() => localStorage.clear())

test('a hidden column stays hidden until it is wanted again', () => {
  open().toggle(columns.value[1]!)
  expect(shownIn(open())).toEqual(['title', 'status', 'work'])
  open().toggle(columns.value[1]!)
  expect(shownIn(open())).toEqual(['title', 'price', 'status', 'work'])
})

test('what names a row cannot be hidden', () => {
  expect(open().choices.value.map((column) => column.key)).toEqual(['price', 'status'])
})

test('another store keeps its own', () => {
  open().toggle(columns.value[1]!)
  expect(shownIn(open('neighbour'))).toContain('price')
})

test('a view is saved under its name, replaced by it and removed', () => {
  open().save('Drafts', { status: 'draft' })
  open().save('Drafts', { status: 'draft', words: 'tea' })
  expect(open().views.value).toEqual([{ name: 'Drafts', query: { status: 'draft', words: 'tea' } }])
  open().remove('Drafts')
  expect(open().views.value).toEqual([])
})

test('the oldest view makes room', () => {
  const view = open()
  for (let number = 0; number <= VIEWS_MAX; number += 1) view.save(`view ${number}`, {})
  expect(view.views.value).toHaveLength(VIEWS_MAX)
  expect(view.views.value[0]?.name).toBe('view 1')
})

test.each(['{', 'null', '{"hidden":5,"views":[{"name":1},{"name":"a","query":{"x":{}}}]}'])('what cannot be read is nothing: %s', (text) => {
  localStorage.setItem('jishi.table.shop.products', text)
  expect(shownIn(open())).toHaveLength(4)
  expect(open().views.value).toEqual([])
})

test('a query is text, the first of what is repeated', () => {
  expect(plainQuery({ status: ['a', 'b'], words: 'x', none: null, empty: '' })).toEqual({ status: 'a', words: 'x' })
})
