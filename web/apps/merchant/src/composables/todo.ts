import type { RouteLocationRaw } from 'vue-router'
import type { Dashboard } from '../api/types'
import { LOW_STOCK } from './lowStock'
import { TO_SHIP } from './queues'

export const COUNTED_MAX = 1000

type Key = keyof Dashboard['to_do']

/** A piece of waiting work: how much of it, and the list that shows it. */
export interface Waiting {
  key: Key
  count: number
  to: RouteLocationRaw
}

const LISTS: Record<Key, RouteLocationRaw> = {
  to_ship: { name: 'orders', query: { status: TO_SHIP } },
  reviews_to_answer: { name: 'reviews', query: { is_replied: 'false' } },
  low_stock: { name: 'stock', query: { available_max: String(LOW_STOCK) } },
  rejected_listings: { name: 'products', query: { status: 'rejected' } },
  statements_to_confirm: { name: 'statements', query: { status: 'issued' } },
}

/** What waits for whoever asked; what is not his to know is left out. */
export function waitingIn(toDo: Dashboard['to_do']): Waiting[] {
  return (Object.keys(LISTS) as Key[]).flatMap((key) => {
    const count = toDo[key]
    return count === null || count === undefined ? [] : [{ key, count, to: LISTS[key] }]
  })
}

/** A count as people read it: `999+` from where nobody counts any more. */
export function counted(count: number): string {
  return count >= COUNTED_MAX ? `${COUNTED_MAX - 1}+` : String(count)
}
