/** A birthday is a day of the year ("MM-DD"): the year is nobody's business. */
const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const two = (value: number) => String(value).padStart(2, '0')

export const MONTHS = DAYS.map((_, at) => two(at + 1))

/** The days of a month; all 31 while there is none. */
export function daysOf(month: string): string[] {
  return Array.from({ length: DAYS[Number(month) - 1] ?? 31 }, (_, at) => two(at + 1))
}

export function birthdayOf(kept: string | null | undefined): { month: string; day: string } {
  const [month = '', day = ''] = (kept ?? '').split('-')
  return { month, day }
}

/** What is kept of two choices; nothing unless both make a day of the year. */
export function birthdayFrom(month: string, day: string): string {
  return MONTHS.includes(month) && daysOf(month).includes(day) ? `${month}-${day}` : ''
}
