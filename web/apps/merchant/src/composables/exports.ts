import { queryText } from '@jishi/api'
import type { Locale } from '@jishi/ui'

export type ExportKind = 'orders' | 'products' | 'stock' | 'statements'

/** Where a list lies as a file, with the list's filters, in the reader's language. */
export function exportAddress(kind: ExportKind, filter: Record<string, string | readonly string[] | undefined>, locale: Locale): string {
  return `/api/v1/merchant/exports/${kind}.csv${queryText({ ...filter, language: locale })}`
}
