import { queryText } from '@jishi/api'
import type { Locale } from '@jishi/ui'

export const FILE_FORMATS = ['csv', 'xlsx'] as const
export type FileFormat = (typeof FILE_FORMATS)[number]

/** Where a list lies as a file of each format, with the list's filters and order, in the reader's language. */
export function exportAddresses(kind: string, filter: Record<string, string | readonly string[] | undefined>, locale: Locale): Record<FileFormat, string> {
  const address = (format: FileFormat) => `/api/v1/merchant/exports/${kind}${queryText({ ...filter, format, language: locale })}`
  return { csv: address('csv'), xlsx: address('xlsx') }
}
