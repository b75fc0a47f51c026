import type zh from './zh'

/** Promotions as buyers read them. */
const promotions: typeof zh = {
  promotions: {
    title: 'Offers',
    all: 'See all offers',
    onePiece: 'You pay',
    pieces: '{count} for {price} (about {each} each)',
    explain: 'How this price is reckoned',
    until: 'Ends in',
    ends: 'Ends {time}',
    missingAmount: 'Spend {missing} more: {gain}',
    missingPieces: '{missing} more: {gain}',
    goods: 'Find goods',
    enjoyed: 'Saved',
    gift: 'Gift',
    chooseGift: 'choose 1 of {count}',
    giftGone: 'None left',
    noGift: 'No gift is left; you can buy all the same.',
    notApplied: 'Offers that were not applied',
    page: 'Goods of this offer',
    categories: 'Categories it covers',
    gone: 'This offer is over',
    goneHelp: 'It may have ended or been paused. See what else there is.',
    empty: 'No goods take part right now',
  },
}

export default promotions
