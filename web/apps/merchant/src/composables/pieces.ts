import type { OrderLine, PiecesWish } from '../api/types'

/** How many pieces of a line can still be sent in a parcel: codes and services travel in none. */
export function unsent(line: OrderLine): number {
  if ((line.kind ?? 'physical') !== 'physical') return 0
  return Math.max(line.quantity - line.shipped_quantity - unsentRefunds(line), 0)
}

/** How many pieces of a line can still be refunded. */
export function unrefunded(line: OrderLine): number {
  return line.quantity - line.refunded_quantity
}

function unsentRefunds(line: OrderLine): number {
  return Math.min(line.refunded_quantity, line.quantity - line.shipped_quantity)
}

/** Chosen pieces by line id as the API wants them, without the lines of which none is chosen. */
export function wishes(chosen: Record<string, number>): PiecesWish[] {
  return Object.entries(chosen)
    .filter(([, quantity]) => quantity > 0)
    .map(([order_line_id, quantity]) => ({ order_line_id, quantity }))
}

/** All that `count` allows, by line id. */
export function allPieces(lines: readonly OrderLine[], count: (line: OrderLine) => number): Record<string, number> {
  return Object.fromEntries(lines.map((line) => [line.id, count(line)]))
}
