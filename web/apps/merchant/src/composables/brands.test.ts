import { describe, expect, it } from 'vitest'
import { brandStanding } from './brands'

const brand = { id: '1', name: '云山', needs_authorisation: true, authorisation: null, reason: '' }

describe('where a merchant stands with a brand', () => {
  it('says nothing of a brand that everybody may sell, whatever was asked before', () => {
    expect(brandStanding(undefined)).toBeUndefined()
    expect(brandStanding({ ...brand, needs_authorisation: false, authorisation: 'refused' })).toBeUndefined()
  })
  it('tells what is needed from what was decided', () => {
    expect(brandStanding(brand)).toBe('needed')
    expect(brandStanding({ ...brand, authorisation: 'granted' })).toBe('granted')
    expect(brandStanding({ ...brand, authorisation: 'withdrawn' })).toBe('withdrawn')
  })
})
