import type { StoreCategoryNode } from '@jishi/api'

/** The address of a store, or of what stands in one of its own categories. */
export function storeAddress(merchantId: string, categoryId?: string): string {
  return categoryId ? `/store/${merchantId}?f=store_category:${categoryId}` : `/store/${merchantId}`
}

/** The way from the top of a store's tree down to a category; empty when it is not there. */
export function wayTo(nodes: readonly StoreCategoryNode[], id: string | undefined): StoreCategoryNode[] {
  for (const node of nodes) {
    if (node.id === id) return [node]
    const below = wayTo(node.children ?? [], id)
    if (below.length > 0) return [node, ...below]
  }
  return []
}
