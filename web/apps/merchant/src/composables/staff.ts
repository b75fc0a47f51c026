import type { Locale } from '@jishi/ui'
import type { StaffMember } from '../api/types'

/** The roles, from who may do most to who may do least. */
export const ROLES = ['owner', 'operator', 'warehouse', 'finance', 'service', 'cashier'] as const

/** The staff in an order that the table's headings ask for; equals stay as they came, the longest employment first. */
export function sortedStaff(staff: readonly StaffMember[], sort: string, locale: Locale): StaffMember[] {
  const way = /_up$|^oldest$/.test(sort) ? 1 : -1
  const compare = (one: StaffMember, other: StaffMember): number => {
    if (sort.startsWith('name')) return one.nickname.localeCompare(other.nickname, locale)
    if (sort.startsWith('role')) return ROLES.indexOf(one.role) - ROLES.indexOf(other.role)
    return Date.parse(one.since) - Date.parse(other.since)
  }
  return [...staff].sort((one, other) => way * compare(one, other))
}
