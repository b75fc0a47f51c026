/** Promotions as buyers read them. */
const promotions = {
  promotions: {
    title: '优惠活动',
    all: '查看全部优惠',
    onePiece: '到手价',
    pieces: '{count} 件到手价 {price}（每件约 {each}）',
    explain: '到手价怎么算',
    until: '距结束',
    ends: '{time} 结束',
    missingAmount: '再买 {missing}，可享{gain}',
    missingPieces: '再买 {missing} 件，可享{gain}',
    goods: '去凑单',
    enjoyed: '已享',
    gift: '赠品',
    chooseGift: '{count} 选 1',
    giftGone: '已送完',
    noGift: '赠品已送完，不影响购买。',
    notApplied: '未使用的优惠',
    page: '活动商品',
    categories: '适用分类',
    gone: '活动已结束',
    goneHelp: '它可能已结束或暂停。看看别的好物吧。',
    empty: '暂时没有活动商品',
  },
}

export default promotions
