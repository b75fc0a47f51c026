import type { CategoryNode } from '@jishi/api'

/** The categories from the top of the tree down to `id`; empty when the tree does not have it. */
export function pathTo(tree: readonly CategoryNode[], id: string): CategoryNode[] {
  for (const node of tree) {
    if (node.id === id) return [node]
    const below = pathTo(node.children, id)
    if (below.length > 0) return [node, ...below]
  }
  return []
}
