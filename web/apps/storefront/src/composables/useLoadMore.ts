import { ShopProblem } from '@jishi/api'
import { computed, ref, shallowRef } from 'vue'

interface Chunk<Item> {
  items: readonly Item[]
  next_cursor: string | null
}

/** How far each first page has grown, so that a list that is come back to is as long as it was. */
const grownFrom = new WeakMap<object, unknown>()

/** A list that grows by pages: the first comes from the page's data, each further one is asked for with its cursor. */
export function useLoadMore<Item extends { id: string }>(first: () => Chunk<Item> | undefined, load: (cursor: string) => Promise<Chunk<Item>>) {
  interface Growth {
    of: Chunk<Item>
    items: Item[]
    cursor: string | null
  }
  const added = shallowRef<Growth>()
  const isBusy = ref(false)
  const hasFailed = ref(false)

  const grown = computed(() => {
    const of = first()
    if (!of) return undefined
    return added.value?.of === of ? added.value : (grownFrom.get(of) as Growth | undefined)
  })
  const items = computed(() => [...(first()?.items ?? []), ...(grown.value?.items ?? [])])
  const cursor = computed(() => (grown.value ? grown.value.cursor : (first()?.next_cursor ?? null)))

  async function more(): Promise<void> {
    const of = first()
    if (isBusy.value || !of || !cursor.value) return
    isBusy.value = true
    hasFailed.value = false
    try {
      const chunk = await load(cursor.value)
      if (of !== first()) return
      // A product that moved between two pages would come twice.
      const seen = new Set(items.value.map((item) => item.id))
      const fresh = chunk.items.filter((item) => !seen.has(item.id))
      added.value = { of, items: [...(grown.value?.items ?? []), ...fresh], cursor: chunk.next_cursor }
      grownFrom.set(of, added.value)
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      hasFailed.value = true
    } finally {
      isBusy.value = false
    }
  }
  return { items, hasMore: computed(() => cursor.value !== null), isBusy, hasFailed, more }
}
