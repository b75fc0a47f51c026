import type { Cart, CartLine } from '@jishi/api'
import { addMoney, timesMoney } from '@jishi/ui'
import { unitPrice } from './tiers'

// What the cart will look like once the server has agreed: shown at once, replaced by the server's own figures.

function mapLines(cart: Cart, change: (line: CartLine) => CartLine | undefined): Cart {
  const kept = (lines: readonly CartLine[]) => lines.map(change).filter((line) => line !== undefined)
  const currency = cart.total.currency
  const groups = cart.groups
    .map((group) => {
      const lines = kept(group.lines)
      return { ...group, lines, selected_amount: addMoney(lines.filter((line) => line.is_selected).map((line) => line.amount), currency) }
    })
    .filter((group) => group.lines.length > 0)
  const invalid_lines = kept(cart.invalid_lines)
  const lines = groups.flatMap((group) => group.lines)
  const selected = lines.filter((line) => line.is_selected)
  const goods_amount = addMoney(selected.map((line) => line.amount), currency)
  const discount_amount = cart.discount_amount.amount_minor === 0 || selected.length > 0 ? cart.discount_amount : { amount_minor: 0, currency }
  return {
    ...cart,
    groups,
    invalid_lines,
    piece_count: [...lines, ...invalid_lines].reduce((sum, line) => sum + line.quantity, 0),
    selected_count: selected.reduce((sum, line) => sum + line.quantity, 0),
    goods_amount,
    discount_amount,
    total: { amount_minor: Math.max(goods_amount.amount_minor - discount_amount.amount_minor, 0), currency },
  }
}

export function withQuantity(cart: Cart, lineId: string, quantity: number): Cart {
  const counted = (line: CartLine): CartLine => {
    const price = unitPrice(line.single_price, line.tiers, quantity)
    return { ...line, quantity, price, amount: timesMoney(price, quantity) }
  }
  return mapLines(cart, (line) => (line.id === lineId ? counted(line) : line))
}

export function withSelection(cart: Cart, lineIds: readonly string[], is_selected: boolean): Cart {
  const ids = new Set(lineIds)
  return mapLines(cart, (line) => (ids.has(line.id) ? { ...line, is_selected } : line))
}

export function without(cart: Cart, lineIds: readonly string[]): Cart {
  const ids = new Set(lineIds)
  return mapLines(cart, (line) => (ids.has(line.id) ? undefined : line))
}

/** The lines that can be bought, over all merchants. */
export function buyableLines(cart: Cart): CartLine[] {
  return cart.groups.flatMap((group) => group.lines)
}
