import type { Ref } from 'vue'
import { ref, shallowRef } from 'vue'
import type { Page } from '../api/types'

/** A list that grows page by page. An answer to an older question is thrown away; a failure keeps what is shown. */
export function useList<Item>(ask: (cursor?: string) => Promise<Page<Item>>) {
  const items: Ref<Item[]> = shallowRef([])
  const cursor = ref<string | null>(null)
  const isLoading = ref(false)
  const isFirst = ref(true)
  const problem = shallowRef<unknown>()
  let asked = 0

  async function load(from?: string): Promise<void> {
    asked += 1
    const mine = asked
    isLoading.value = true
    problem.value = undefined
    try {
      const page = await ask(from)
      if (mine !== asked) return
      items.value = from ? [...items.value, ...page.items] : page.items
      cursor.value = page.next_cursor ?? null
    } catch (error) {
      if (mine === asked) problem.value = error
    } finally {
      if (mine === asked) {
        isLoading.value = false
        isFirst.value = false
      }
    }
  }

  return {
    items,
    isLoading,
    isFirst,
    problem,
    hasMore: cursor,
    reload: () => load(),
    more: () => (cursor.value ? load(cursor.value) : Promise.resolve()),
  }
}
