import en from '@guide/en/merchant.md'
import zh from '@guide/zh/merchant.md'
import type { Locale } from '@jishi/ui'
import type { Guide, GuideSection } from '../../../../guide/sections'
import type { Role } from './access'
import { mayOpen } from './access'

export const MERCHANT_GUIDE: Record<Locale, Guide> = { zh, en }

/** What the guide says to somebody in a role, the desk he sits at first. */
export function sectionsFor(locale: Locale, role: Role | null | undefined, desk: string): GuideSection[] {
  const mine = MERCHANT_GUIDE[locale].sections.filter(({ id }) => mayOpen(role, id))
  return [...mine.filter(({ id }) => id === desk), ...mine.filter(({ id }) => id !== desk)]
}
