/** Flash sales. */
const flash = {
  flash: {
    title: '限时秒杀',
    sessions: '秒杀场次',
    startsIn: '距开始',
    endsIn: '距结束',
    running: '抢购中',
    sold: '已抢 {percent}%',
    limit: '每人限购 {count} 件',
    buy: '立即抢购',
    leave: '退出排队',
    checking: '正在验证…',
    place: '排队中，第 {place} 位',
    placeAndWait: '排队中，第 {place} 位，约 {seconds} 秒',
    stages: { soon: '即将开始', running: '抢购中', sold_out: '已抢光', over: '已结束' },
    empty: '这一场还没有商品',
    emptyHelp: '看看别的场次。',
  },
}
export default flash
