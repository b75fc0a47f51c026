import type { SaleEvent } from '../api/types'

/** What may be done with an event: it is entered while its enrolment is open, and left until it runs. */
export function workOn(event: SaleEvent): { canEnrol: boolean; canWithdraw: boolean } {
  const status = event.entry?.status
  return { canEnrol: event.can_enrol, canWithdraw: event.status === 'enrolling' && status !== undefined && status !== 'withdrawn' }
}

/** The merchant's own share of what is taken off, in per cent. */
export function ownShare(event: SaleEvent): number {
  return (event.funders.find(({ funder }) => funder === 'merchant')?.basis_points ?? 0) / 100
}

/** The titles of the products of an entry in one line; those that are gone are left out. */
export function titlesOf(event: SaleEvent, locale: 'zh' | 'en'): string {
  const found = (event.entry?.product_ids ?? []).flatMap((id) => event.entry?.titles[id] ?? [])
  return found.map((title) => (locale === 'en' ? title.en || title.zh : title.zh)).join(locale === 'en' ? ', ' : '、')
}
