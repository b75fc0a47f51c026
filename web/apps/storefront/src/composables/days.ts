import type { Locale } from '@jishi/ui'
import { formatInstant } from '@jishi/ui'

export interface DayOf<Item> {
  day: string
  items: Item[]
}

/** Things in the order they come, put together by the day they happened on in the shop's time zone. */
export function byDay<Item>(items: readonly Item[], at: (item: Item) => string, locale: Locale): DayOf<Item>[] {
  const days: DayOf<Item>[] = []
  for (const item of items) {
    const day = formatInstant(at(item), locale, 'date')
    const last = days.at(-1)
    if (last?.day === day) last.items.push(item)
    else days.push({ day, items: [item] })
  }
  return days
}

const DAY_MS = 24 * 60 * 60 * 1000

/** The name of a day: today and yesterday have one, the others are dates. */
export function dayName(day: string, now_ms: number, locale: Locale, words: { today: string; yesterday: string }): string {
  const dayAt = (ms: number) => formatInstant(new Date(ms).toISOString(), locale, 'date')
  if (day === dayAt(now_ms)) return words.today
  return day === dayAt(now_ms - DAY_MS) ? words.yesterday : day
}
