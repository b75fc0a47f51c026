import { useUi } from '@jishi/ui'
import type { Ref } from 'vue'
import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import type { Page } from '../api/types'
import { useStore } from '../stores/store'
import type { Column } from './columns'
import { exportAddresses } from './exports'
import { plainQuery, useTableView } from './tableView'
import { useList } from './useList'

export type Asked = Record<string, string | readonly string[] | undefined>

interface Desk<Item> {
  /** What the list is called, in the browser's memory and (unless `file` says otherwise) as a file. */
  name: string
  file?: string
  columns: Ref<readonly Column[]>
  /** The filters that may stand in the address, and those that the address always has and that narrow nothing. */
  filters: readonly string[]
  /** The filter that is typed and sent with Enter. */
  typed?: string
  firstSort?: string
  /** What the server is asked for, where it is not the filters as they stand. */
  filterOf?: (query: Record<string, string>) => Asked
  ask: (asked: Asked) => Promise<Page<Item>>
}

/** A list whose filters and order stand in the address: asked, selected, saved as a view and exported as they say. */
export function useDesk<Item>(desk: Desk<Item>) {
  const route = useRoute()
  const router = useRouter()
  const { locale } = useUi()
  const store = useStore()
  const firstSort = desk.firstSort ?? 'newest'
  // On the way to another page the address is no longer this list's.
  const here = route.path
  const query = computed<Record<string, string>>((before) => (route.path === here ? plainQuery(route.query) : (before ?? {})))
  const typed = ref('')
  const selected = ref<string[]>([])
  const isNarrowed = computed(() => desk.filters.some((name) => query.value[name]))
  const filter = computed(() => desk.filterOf?.(query.value) ?? Object.fromEntries(desk.filters.map((name) => [name, query.value[name]])))
  const sort = computed({ get: () => query.value.sort ?? firstSort, set: (chosen) => void narrow({ sort: chosen === firstSort ? '' : chosen }) })
  const list = useList<Item>((cursor) => desk.ask({ ...filter.value, sort: sort.value, cursor }))
  const view = useTableView(desk.name, store.profile?.id ?? '', desk.columns)
  const files = computed(() => exportAddresses(desk.file ?? desk.name, { ...filter.value, sort: sort.value }, locale.value))

  watch(
    query,
    (asked) => {
      if (desk.typed) typed.value = asked[desk.typed] ?? ''
      renew()
    },
    { immediate: true },
  )

  /** Change what the address says; what is typed goes along. */
  function narrow(change: Record<string, string>) {
    const words = desk.typed ? { [desk.typed]: typed.value.trim() } : {}
    return router.replace({ query: plainQuery({ ...query.value, ...words, ...change }) })
  }
  const showAll = () => router.replace({ query: {} })

  /** Read the list anew, with nothing selected. */
  function renew(): void {
    selected.value = []
    void list.reload()
  }
  return { query, typed, selected, isNarrowed, filter, sort, list, view, files, narrow, showAll, renew }
}
