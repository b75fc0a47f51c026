import type { ImportCheck, ImportColumn, ImportRun } from '../api/types'

/** What a column may mean again and again. */
export const OWN_AXIS = 'own_axis'

export type Meanings = Record<number, string>

/** What the columns mean so far, by position; what is left out is not there. */
export function meaningsOf(columns: readonly ImportColumn[]): Meanings {
  return Object.fromEntries(columns.flatMap(({ position, target }) => (target ? [[position, target]] : [])))
}

/** The first thing that keeps a table from being checked, as the name of its message, with the meaning given twice. */
export function missingIn(meanings: Meanings, warehouseId: string | null): { word: 'needCode' | 'needWarehouse' | 'twice'; target?: string } | undefined {
  const targets = Object.values(meanings)
  const twice = targets.find((one, index) => one !== OWN_AXIS && targets.indexOf(one) !== index)
  if (twice) return { word: 'twice', target: twice }
  if (!targets.includes('code')) return { word: 'needCode' }
  return targets.includes('stock') && !warehouseId ? { word: 'needWarehouse' } : undefined
}

/** The check that is asked for. */
export function checkOf(meanings: Meanings, forReview: boolean, warehouseId: string | null): ImportCheck {
  return {
    columns: Object.entries(meanings).map(([position, target]) => ({ position: Number(position), target })),
    for_review: forReview,
    warehouse_id: warehouseId,
  }
}

/** Tell whether a run goes on by itself. */
export function isUnderWay(run: ImportRun): boolean {
  return run.status === 'checking' || run.status === 'writing'
}

/** How much of a run is done, in whole per cent; a hundred only when all is. */
export function percentOf(run: ImportRun): number {
  return run.row_count ? Math.floor((run.done_count / run.row_count) * 100) : 100
}
