/** What order and product pages say of goods that travel in no parcel; loaded with them, not with every page. */
const zh = {
  title: '卡券',
  codes: '卡密',
  vouchers: '服务券',
  hidden: '点击查看后显示',
  open: '查看卡密',
  openTitle: '现在查看卡密？',
  openText: '查看后除非商家同意，不能自行退款。',
  later: '以后再看',
  copied: '已复制',
  copy: '复制',
  qr: '出示给商家扫码',
  until: (time: string) => `有效期至 ${time}`,
  usedAt: (time: string) => `${time} 已使用`,
  states: { unused: '未使用', used: '已使用', expired: '已过期', void: '已作废' },
  returnUnused: '退回未使用的',
  returnTitle: (count: number) => `退回 ${count} 件未使用的卡券？`,
  returnText: '未查看的卡密和未使用的服务券将立即失效，款项原路退回。',
  keep: '先不退',
  returned: '已提交退款',
  expiry: '过期未使用的服务券自动退款。',
  waiting: '付款后在这里查看',
  awaitingUse: '待使用',
  virtual: '虚拟商品',
  service: '服务商品',
  virtualText: '付款后立即发放卡密，无需物流；未查看的卡密可自行退款',
  serviceText: (days: number) => `付款后发放服务券，${days} 天内到店出示使用；未使用随时退，过期自动退`,
}

export type HandoverWords = typeof zh
export default zh
