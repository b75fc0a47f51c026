export const TAGS_MAX = 10
export const TAG_MAX = 20
export const WARRANTY_MONTHS_MAX = 600

/** Tags as they will be kept: what stands between commas is several, each once, cut to their length. */
export function tagsFrom(typed: readonly string[]): string[] {
  const kept = new Map<string, string>()
  for (const part of typed.flatMap((tag) => tag.split(/[,，、;；|\n]/))) {
    const tag = part.trim().replace(/\s+/g, ' ').replace(/^#+/, '').trim().slice(0, TAG_MAX)
    if (tag && !kept.has(tag.toLowerCase())) kept.set(tag.toLowerCase(), tag)
  }
  return [...kept.values()].slice(0, TAGS_MAX)
}

const GTIN_LENGTHS = [8, 12, 13, 14]

/** Whether a bar code's last digit checks the others; nothing at all is fine. */
export function isGtin(text: string): boolean {
  const digits = text.replace(/[\s-]/g, '')
  if (!digits) return true
  if (!/^\d+$/.test(digits) || !GTIN_LENGTHS.includes(digits.length)) return false
  const weighed = [...digits].reverse().map((digit, place) => Number(digit) * (place % 2 ? 3 : 1))
  return weighed.reduce((sum, one) => sum + one, 0) % 10 === 0 && Number(digits) > 0
}
