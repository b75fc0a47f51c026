import type zh from './zh'

/** What a searcher can do beyond words and plain filters. */
const finding: typeof zh = {
  finding: {
    advanced: 'Advanced search',
    advancedHelp: 'Say it more exactly and see only what you want. Put blanks between words.',
    all: 'All of these words',
    any: 'Any of these words',
    none: 'None of these words',
    phrase: 'This exact phrase in the title',
    inTitle: 'Look in titles only',
    price: 'Price (yuan)',
    from: 'From',
    to: 'To',
    days: 'On sale since',
    anyTime: 'Any time',
    lastDays: 'The last {count} days',
    rating: 'Rating',
    anyRating: 'Any',
    starsUp: '{stars} and above',
    search: 'Search',
    reset: 'Start over',
    rangeFrom: '{name}, from',
    rangeTo: '{name}, to',
    wrongRange: 'Enter a range that makes sense',
    partly: 'Nothing has all of the words. These have most of them, or words spelt much like them.',
    chipAny: 'Any of: {words}',
    chipNone: 'Without: {words}',
    chipPhrase: 'Exactly: {words}',
    chipRange: '{name} {from} – {to}',
    without: 'Without “{name}”',
    withoutAll: 'Without any filter',
    waysOut: 'Try it this way',
    fewer: 'Only “{words}”',
    found: '{count} product | {count} products',
    filterNames: { price: 'Price', brand: 'Brand', category: 'Category', merchant: 'Store', in_stock: 'In stock only', rating: 'Rating', ships_from: 'Ships from', delivery: 'Delivery', published: 'On sale since', any_words: 'Any of the words', none_words: 'Left-out words', phrase: 'Exact phrase', in_title: 'Titles only', other: 'Another filter' },
  },
}

export default finding
