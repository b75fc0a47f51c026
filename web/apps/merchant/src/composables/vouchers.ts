export const DAYS_USUAL = 90
export const DAYS_MAX = 1095
export const CODES_MAX = 1000
const DIGITS = 12

/** The codes in a text, one per line, each once and without blanks around. */
export function codesIn(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()).filter(Boolean))]
}

/** Whether a text may be the number of a voucher: twelve digits, with or without blanks. */
export function isVoucher(text: string): boolean {
  return new RegExp(`^\\d{${DIGITS}}$`).test(text.replaceAll(/[\s-]/g, ''))
}

/** A voucher's number as the API takes it. */
export function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '')
}
