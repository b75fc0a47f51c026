import type { Page } from '@jishi/api'
import { useLoadMore } from './useLoadMore'
import { usePageData } from './usePageData'

/** A page of one person that is a list: its beginning, and what comes when its reader wants more. */
export function usePagedList<Item extends { id: string }>(ask: (cursor?: string) => Promise<Page<Item>>, key: () => string) {
  const page = usePageData(() => ask(), key)
  return { ...page, ...useLoadMore(() => page.data.value, ask) }
}

/** What surrounds a list needs to know of it. */
export type PagedState = Pick<ReturnType<typeof usePagedList>, 'data' | 'problem' | 'hasMore' | 'isBusy' | 'hasFailed' | 'more' | 'reload'>

/** The same page with an id on each item, by which a list tells them apart. */
export function identified<Item>(page: Page<Item>, idOf: (item: Item) => string): Page<Item & { id: string }> {
  return { ...page, items: page.items.map((one) => ({ ...one, id: idOf(one) })) }
}
