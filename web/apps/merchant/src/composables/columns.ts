/** A column of a table: `end` for figures, `instant` for what must not wrap. */
export interface Column {
  key: string
  label: string
  tone?: 'end' | 'instant'
  /** The list's orders by this column, as the server names them: the one that comes first, and its opposite. */
  sorts?: readonly [string, string]
  /** Fills a card's whole width on a phone and needs no name there. */
  isWhole?: boolean
  /** Holds what can be done with a row; its heading is only read aloud. */
  isUnnamed?: boolean
}

/** What clicking a column's heading asks for: its first order, and the opposite of it when that is there. */
export function nextSort(sorts: readonly [string, string], current: string): string {
  return current === sorts[0] ? sorts[1] : sorts[0]
}

/** Every order that the headings can ask for: a phone shows no headings and offers them in a list. */
export function sortChoices(columns: readonly Column[]): { column: Column; value: string }[] {
  return columns.flatMap((column) => (column.sorts ?? []).map((value) => ({ column, value })))
}
