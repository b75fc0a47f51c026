import type { Locale } from './locale'
import { localeTag } from './locale'

/** The shop's clock: every reader sees the same hour as the merchant and the carrier. */
export const SHOP_TIME_ZONE = 'Asia/Shanghai'

const STYLES = {
  date: { year: 'numeric', month: '2-digit', day: '2-digit' },
  dateTime: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false },
  time: { hour: '2-digit', minute: '2-digit', hour12: false },
  dayMonth: { month: 'short', day: 'numeric' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

export type DateStyle = keyof typeof STYLES

/** An instant (ISO 8601) in the shop's time zone; an empty string for a value that is no instant. */
export function formatInstant(instant: string | null | undefined, locale: Locale, style: DateStyle = 'dateTime'): string {
  if (!instant) return ''
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return ''
  return formatter(locale, style).format(date)
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** Making a formatter costs far more than using it. */
function formatter(locale: Locale, style: DateStyle): Intl.DateTimeFormat {
  const key = `${locale}:${style}`
  const made = formatters.get(key) ?? new Intl.DateTimeFormat(localeTag(locale), { ...STYLES[style], timeZone: SHOP_TIME_ZONE })
  formatters.set(key, made)
  return made
}

/** Time left as `mm:ss` or `h:mm:ss`; `00:00` once it is over. */
export function formatCountdown(left_ms: number): string {
  const seconds = Math.max(0, Math.floor(left_ms / 1000))
  const pad = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const rest = `${pad(Math.floor((seconds % 3600) / 60))}:${pad(seconds % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

/** Time left in whole days and a clock of two digits each; dashes while it is unknown. */
export function splitTime(left_ms: number | undefined): { days: number; clock: [string, string, string] } {
  if (left_ms === undefined) return { days: 0, clock: ['--', '--', '--'] }
  const seconds = Math.max(0, Math.floor(left_ms / 1000))
  const pad = (value: number) => String(value).padStart(2, '0')
  return {
    days: Math.floor(seconds / 86_400),
    clock: [pad(Math.floor((seconds % 86_400) / 3600)), pad(Math.floor((seconds % 3600) / 60)), pad(seconds % 60)],
  }
}
