import type { Told } from './gatherer'

/** Where somebody is: the page's name, the product it shows, the words it searched for. */
export interface Place {
  page: string
  product?: string
  words?: string
}

const WORDS_MAX = 100
const DWELL_MAX_S = 3_600

/** Tells which products are looked at and how long, and what is searched for. Time counts while the page is in view. */
export function makeVisits(tell: (event: Told) => void, now: () => number) {
  let product: string | undefined
  let words: string | undefined
  let since: number | undefined

  /** Nobody looks at the page any more. */
  function away(): void {
    const seconds = since === undefined ? 0 : Math.round((now() - since) / 1000)
    since = undefined
    if (product && seconds >= 1) tell({ kind: 'dwell', product_id: product, dwell_seconds: Math.min(seconds, DWELL_MAX_S) })
  }

  /** Somebody looks at the page again. */
  function back(): void {
    since ??= now()
  }

  /** Somebody came to another place. */
  function went(place: Place): void {
    const isSame = place.product === product
    if (!isSame) away()
    product = place.product
    if (product && !isSame) {
      tell({ kind: 'view', product_id: product })
      back()
    }
    if (place.words && place.words !== words) tell({ kind: 'search', words: place.words.slice(0, WORDS_MAX) })
    words = place.words
  }
  return { went, away, back }
}
