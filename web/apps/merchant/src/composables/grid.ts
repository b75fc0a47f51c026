import type { SkuWish } from '../api/types'

/** A cell of the variants' grid. */
export interface Cell {
  row: number
  column: number
}

/** Where a key leads from a cell of a grid of `rows` × `columns`; undefined when the key stays in the cell. */
export function cellAfter(key: string, from: Cell, rows: number, columns: number, caret: { atStart: boolean; atEnd: boolean }): Cell | undefined {
  const next = moved(key, from, caret)
  return next && next.row >= 0 && next.row < rows && next.column >= 0 && next.column < columns ? next : undefined
}

function moved(key: string, { row, column }: Cell, caret: { atStart: boolean; atEnd: boolean }): Cell | undefined {
  if (key === 'ArrowDown' || key === 'Enter') return { row: row + 1, column }
  if (key === 'ArrowUp') return { row: row - 1, column }
  if (key === 'ArrowLeft' && caret.atStart) return { row, column: column - 1 }
  if (key === 'ArrowRight' && caret.atEnd) return { row, column: column + 1 }
  return undefined
}

/** A column of figures pasted from a spreadsheet: one text for each line, the first cell of each. */
export function pastedColumn(text: string): string[] {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n')
  return lines.map((line) => line.split('\t')[0]?.trim() ?? '')
}

/** The SKUs with the same part in every one of them. */
export function filled(skus: readonly SkuWish[], part: Partial<SkuWish>): SkuWish[] {
  return skus.map((sku) => ({ ...sku, ...part }))
}
