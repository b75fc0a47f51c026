import type { Order, OrderRow, OrderStatus } from '@jishi/api'

/** The tabs of the order list and the states each shows; none means all. */
export const ORDER_TABS = {
  all: [],
  awaiting_payment: ['awaiting_payment', 'awaiting_balance'],
  awaiting_shipment: ['awaiting_shipment'],
  shipped: ['partially_shipped', 'shipped', 'delivered'],
  completed: ['received', 'completed'],
} as const satisfies Record<string, readonly OrderStatus[]>

export type OrderTab = keyof typeof ORDER_TABS

/** The tab that an address names; all orders when it names none. */
export function orderTab(value: unknown): OrderTab {
  return typeof value === 'string' && value in ORDER_TABS ? (value as OrderTab) : 'all'
}

export type Tone = 'neutral' | 'good' | 'promo' | 'bad' | 'accent'

/** The colour of a state: what waits for the buyer stands out, what went well is green, what is over is quiet. */
export function statusTone(status: OrderStatus): Tone {
  if (status === 'awaiting_payment' || status === 'awaiting_balance') return 'accent'
  if (status === 'delivered' || status === 'received' || status === 'completed') return 'good'
  return status === 'closed' ? 'neutral' : 'promo'
}

/** The state of an order in words of its own: a service that was paid waits for its buyer, not for a parcel. */
export function statusOf({ status, lines }: Pick<Order | OrderRow, 'status' | 'lines'>): OrderStatus | 'awaiting_use' {
  return status === 'awaiting_shipment' && lines.every((line) => line.kind === 'service') ? 'awaiting_use' : status
}

/** What the buyer may do now, in the order of importance; what we have no button for is left out. */
export function buyerActions(order: Pick<Order | OrderRow, 'actions'>): ('pay' | 'confirm_receipt' | 'cancel')[] {
  return (['pay', 'confirm_receipt', 'cancel'] as const).filter((action) => order.actions.includes(action))
}

/** Whether the goods are in the buyer's hands, so that he can say how they are. */
export function isReceived(status: OrderStatus): boolean {
  return status === 'received' || status === 'completed'
}

/** The parcel states that people wait for, for the line of steps above the scans. */
export const PARCEL_STEPS = ['collected', 'in_transit', 'out_for_delivery', 'delivered'] as const

/** How many of the steps a parcel has behind it. */
export function parcelProgress(status: string): number {
  return PARCEL_STEPS.findIndex((step) => step === status) + 1
}

/** The states of orders that still wait for something. */
export const OPEN_STATUSES = ['awaiting_payment', 'awaiting_balance', 'awaiting_shipment', 'partially_shipped', 'shipped', 'delivered'] as const satisfies readonly OrderStatus[]

export type OpenCounts = Record<'awaiting_payment' | 'awaiting_shipment' | 'shipped', number>

/** How many open orders each tab of the order list holds. */
export function countOpen(orders: readonly Pick<OrderRow, 'status'>[]): OpenCounts {
  const within = (tab: keyof OpenCounts) => orders.filter(({ status }) => (ORDER_TABS[tab] as readonly OrderStatus[]).includes(status)).length
  return { awaiting_payment: within('awaiting_payment'), awaiting_shipment: within('awaiting_shipment'), shipped: within('shipped') }
}
