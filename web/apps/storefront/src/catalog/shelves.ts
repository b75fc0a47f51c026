/** The goods that a shelf shows. */
export interface ShelfWish {
  category_id?: string
  sort: 'newest' | 'sales'
  limit: number
}

/** Two full rows of the widest page. */
export const SHELF_LENGTH = 10

const CATEGORY = /^\/c\/([^/?#]+)$/
const NEWEST = /[?&]sort=newest\b/

/** What stands on a shelf, by where it leads: the best sellers there, or the newest of all. */
export function wishOfShelf(link: string | null): ShelfWish {
  const category = CATEGORY.exec(link ?? '')?.[1]
  const sort = NEWEST.test(link ?? '') ? 'newest' : 'sales'
  return { ...(category ? { category_id: category } : {}), sort, limit: SHELF_LENGTH }
}
