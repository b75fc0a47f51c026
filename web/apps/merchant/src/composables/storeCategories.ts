import type { StoreCategoryRow } from '../api/types'

/** So many products go into a store category, or out of it, with one request. */
export const AT_ONCE = 200

export interface Branch {
  row: StoreCategoryRow
  children: StoreCategoryRow[]
}

/** The rows as a tree, in their order. */
export function treeOf(rows: readonly StoreCategoryRow[]): Branch[] {
  return rows.filter((row) => !row.parent_id).map((row) => ({ row, children: rows.filter(({ parent_id: parent }) => parent === row.id) }))
}

/** The ids of a category and its siblings, in their order. */
export function siblingsOf(rows: readonly StoreCategoryRow[], id: string): string[] {
  const found = rows.find((row) => row.id === id)
  return found ? rows.filter((row) => (row.parent_id ?? null) === (found.parent_id ?? null)).map((row) => row.id) : []
}

/** The order with one moved by a step; at either end it stays. */
export function stepped<Key>(order: readonly Key[], one: Key, step: -1 | 1): Key[] {
  const from = order.indexOf(one)
  const to = from + step
  if (from < 0 || to < 0 || to >= order.length) return [...order]
  return dropped(order, one, order[to] as Key)
}

/** The order with one put where another stands; from another list it changes nothing. */
export function dropped<Key>(order: readonly Key[], one: Key, onto: Key): Key[] {
  const to = order.indexOf(onto)
  if (to < 0 || !order.includes(one)) return [...order]
  const others = order.filter((key) => key !== one)
  return [...others.slice(0, to), one, ...others.slice(to)]
}

/** Where a category may lie: any top one but itself; one that has children stays at the top. */
export function parentsFor(rows: readonly StoreCategoryRow[], id: string | undefined): StoreCategoryRow[] {
  if (id && rows.some(({ parent_id: parent }) => parent === id)) return []
  return rows.filter((row) => !row.parent_id && row.id !== id)
}

/** Many ids in portions that one request takes. */
export function portions<Item>(items: readonly Item[], size = AT_ONCE): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size))
}
