import type { BrandRow } from '../api/types'

export type Standing = 'needed' | NonNullable<BrandRow['authorisation']>

/** Where the merchant stands with a brand; nothing when everybody may sell it. */
export function brandStanding(brand: BrandRow | undefined): Standing | undefined {
  if (!brand?.needs_authorisation) return undefined
  return brand.authorisation ?? 'needed'
}
