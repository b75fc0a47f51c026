import type { Handover, OrderLine, Voucher } from '@jishi/api'
import { answerOf } from '@jishi/api'
import type { Shop } from '../api/shop'

/** What the page of an order asks of codes and vouchers. */
export function handoverCalls({ client }: Pick<Shop, 'client'>) {
  const path = (order_id: string) => ({ params: { path: { order_id } } })
  return {
    read: (id: string) => answerOf(client.GET('/api/v1/store/orders/{order_id}/handover', path(id))),
    open: (order_id: string, code_id: string) => answerOf(client.POST('/api/v1/store/orders/{order_id}/codes/{code_id}/open', { params: { path: { order_id, code_id } } })),
    giveBack: (id: string) => answerOf(client.POST('/api/v1/store/orders/{order_id}/return-unused', path(id))),
  }
}

export type LineHandover = { line: OrderLine; codes: Handover['codes']; vouchers: Voucher[] }

/** Codes and vouchers by the lines they were bought with, in the order of the order. */
export function byLine(lines: readonly OrderLine[], handover: Handover): LineHandover[] {
  return lines
    .map((line) => ({
      line,
      codes: handover.codes.filter((one) => one.order_line_id === line.id),
      vouchers: handover.vouchers.filter((one) => one.order_line_id === line.id),
    }))
    .filter(({ codes, vouchers }) => codes.length + vouchers.length > 0)
}

/** A voucher's digits as people read them out: in fours. */
export function inFours(code: string): string {
  return code.replaceAll(/(.{4})(?=.)/g, '$1 ')
}
