import { SHOP_TIME_ZONE } from '@jishi/ui'

/** China has known no summer time since 1991: its clocks are always so far ahead. */
const SHOP_OFFSET = '+08:00'
const PARTS = new Intl.DateTimeFormat('sv-SE', { timeZone: SHOP_TIME_ZONE, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })

/** An instant as clocks in China show it, `2026-12-01 08:30`; undefined for none. */
export function shopTime(instant: string | null | undefined): string | undefined {
  return instant ? PARTS.format(new Date(instant)) : undefined
}

/** The instant of a time in China as the field gives it, null for none. */
export function instantOf(time: string | null | undefined): string | null {
  return time ? `${time.replace(' ', 'T')}:00${SHOP_OFFSET}` : null
}
