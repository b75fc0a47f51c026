/** What is said of flash sales; loaded with them, not with every page. */
const zh = {
  sessions: '秒杀场次',
  startsIn: '距开始',
  endsIn: '距结束',
  running: '抢购中',
  sold: (percent: number) => `已抢 ${percent}%`,
  limit: (count: number) => `每人限购 ${count} 件`,
  buy: '立即抢购',
  leave: '退出排队',
  checking: '正在验证…',
  place: (place: number) => `排队中，第 ${place} 位`,
  placeAndWait: (place: number, seconds: number) => `排队中，第 ${place} 位，约 ${seconds} 秒`,
  stages: { soon: '即将开始', running: '抢购中', sold_out: '已抢光', over: '已结束' },
  remind: '开抢提醒我',
  reminded: '已设提醒',
  mine: '我的提醒',
  noneMine: '还没有设置开抢提醒',
  noneMineHelp: '在未开始的场次里点“开抢提醒我”，开始前 5 分钟告诉您。',
  willTell: '开始前 5 分钟用短信或邮件告诉您',
  willNotTell: '提醒已取消',
  empty: '这一场还没有商品',
  emptyHelp: '看看别的场次。',
}
export default zh

/** What the words of a language are. */
export type FlashWords = typeof zh
