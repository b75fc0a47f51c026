/** Orders that goods still have to leave for, as one queue. */
export const TO_SHIP = 'to_ship'

const QUEUES: Record<string, readonly string[]> = { [TO_SHIP]: ['awaiting_shipment', 'partially_shipped'] }

/** The statuses behind a tab of the order list, as the API knows them; none for all orders. */
export function statusesOf(tab: string): readonly string[] {
  return QUEUES[tab] ?? (tab ? [tab] : [])
}
