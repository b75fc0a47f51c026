/** A column of a table: `end` for figures, `instant` for what must not wrap. */
export interface Column {
  key: string
  label: string
  tone?: 'end' | 'instant'
  /** Fills a card's whole width on a phone and needs no name there. */
  isWhole?: boolean
  /** Holds what can be done with a row; its heading is only read aloud. */
  isUnnamed?: boolean
}
