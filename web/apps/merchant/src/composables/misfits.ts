import type { AttributeMisfit } from '../api/types'

/** Whether a field was mended since: what is asked for no longer is gone, what was missing is there, a value is another. */
export function mended(misfit: AttributeMisfit, values: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): boolean {
  const value = values[misfit.code] ?? ''
  if (misfit.reason === 'removed') return !value
  if (misfit.reason === 'required') return value !== ''
  return value !== (before[misfit.code] ?? '')
}
