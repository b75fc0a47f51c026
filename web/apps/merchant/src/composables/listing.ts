import type { ProductRow } from '../api/types'

export type Move = 'submit' | 'put-on-shelf' | 'take-off-shelf'

/** What a product in a state can be asked to do next. */
const MOVES: Partial<Record<ProductRow['status'], Move>> = { draft: 'submit', rejected: 'submit', live: 'take-off-shelf', off_shelf: 'put-on-shelf' }

export function nextMove(product: ProductRow): Move | undefined {
  return MOVES[product.status]
}

/** Those of the products that a move is open to. */
export function openTo(move: Move, products: readonly ProductRow[]): ProductRow[] {
  return products.filter((product) => nextMove(product) === move)
}
