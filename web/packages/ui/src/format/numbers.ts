import type { Locale } from './locale'

// By hand and not by Intl: the server's V8 and the browser carry different ICU data, and what they write must be the
// same to the letter, or a page would be drawn twice.

/** A whole number ≥ 0 with commas: 1,234,567. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

const UNITS: Record<Locale, readonly { size: number; name: string }[]> = {
  zh: [
    { size: 100_000_000, name: '亿' },
    { size: 10_000, name: '万' },
  ],
  en: [
    { size: 1_000_000, name: 'M' },
    { size: 10_000, name: 'K' },
  ],
}

/** A count for people: 9,999 stays; from ten thousand on zh says 1.2万 and en 12.3K. Cut off, never rounded up. */
export function formatCount(count: number, locale: Locale): string {
  const unit = UNITS[locale].find(({ size }) => count >= size)
  if (!unit) return grouped(count)
  const divisor = unit.name === 'K' ? 1000 : unit.size
  const tenths = Math.trunc((count * 10) / divisor)
  const whole = grouped(Math.trunc(tenths / 10))
  return tenths % 10 === 0 ? `${whole}${unit.name}` : `${whole}.${tenths % 10}${unit.name}`
}

/** An average in hundredths of a star with one decimal: 487 is 4.9. */
export function starsText(hundredths: number): string {
  const tenths = Math.round(hundredths / 10)
  return `${Math.trunc(tenths / 10)}.${tenths % 10}`
}
