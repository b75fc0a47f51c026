const DAY_MS = 24 * 60 * 60 * 1000

/** A half-open period as people read it: its first and its last day, or the one day it has. */
export function period(row: { from_date: string; to_date: string }): string {
  const last = new Date(Date.parse(row.to_date) - DAY_MS).toISOString().slice(0, 10)
  return last === row.from_date ? last : `${row.from_date} – ${last}`
}
