import type { Ref } from 'vue'
import { computed, ref } from 'vue'
import type { Column } from './columns'

/** A list's filters under a name. */
export interface SavedView {
  name: string
  query: Record<string, string>
}

interface Kept {
  hidden: string[]
  views: SavedView[]
}

export const VIEWS_MAX = 20

/** Which columns of a table are shown and which filters were saved; this browser remembers both for `owner`. */
export function useTableView(table: string, owner: string, columns: Ref<readonly Column[]>, storage: Storage = localStorage) {
  const key = `jishi.table.${owner}.${table}`
  const kept = ref<Kept>(read(storage.getItem(key)))
  const shown = computed(() => columns.value.filter((column) => isFixed(column) || !kept.value.hidden.includes(column.key)))
  const choices = computed(() => columns.value.filter((column) => !isFixed(column)))
  const views = computed(() => kept.value.views)

  function keep(change: Partial<Kept>): void {
    kept.value = { ...kept.value, ...change }
    storage.setItem(key, JSON.stringify(kept.value))
  }
  const isShown = (column: Column) => !kept.value.hidden.includes(column.key)
  const toggle = (column: Column) => keep({ hidden: isShown(column) ? [...kept.value.hidden, column.key] : kept.value.hidden.filter((one) => one !== column.key) })
  const others = (name: string) => kept.value.views.filter((one) => one.name !== name)
  const save = (name: string, query: Record<string, string>) => keep({ views: [...others(name), { name, query }].slice(-VIEWS_MAX) })
  const remove = (name: string) => keep({ views: others(name) })
  return { shown, choices, views, isShown, toggle, save, remove }
}

export type TableView = ReturnType<typeof useTableView>

/** What names a row and what can be done with it is always there. */
function isFixed(column: Column): boolean {
  return Boolean(column.isWhole || column.isUnnamed)
}

/** What was kept, as far as it can be read: a browser's storage is anybody's to write. */
function read(text: string | null): Kept {
  const nothing: Kept = { hidden: [], views: [] }
  if (!text) return nothing
  try {
    const found = JSON.parse(text) as Partial<Kept> | null
    const hidden = Array.isArray(found?.hidden) ? found.hidden.filter((one) => typeof one === 'string') : []
    const views = Array.isArray(found?.views) ? found.views.filter(isView) : []
    return { hidden, views }
  } catch {
    return nothing
  }
}

function isView(value: unknown): value is SavedView {
  const one = value as SavedView | null
  return typeof one?.name === 'string' && typeof one.query === 'object' && one.query !== null && Object.values(one.query).every((part) => typeof part === 'string')
}

/** A route's query as plain text, the first of what is repeated. */
export function plainQuery(query: Record<string, unknown>): Record<string, string> {
  const first = (value: unknown) => String((Array.isArray(value) ? value[0] : value) ?? '')
  return Object.fromEntries(
    Object.entries(query)
      .map(([name, value]) => [name, first(value)] as const)
      .filter(([, value]) => value),
  )
}
