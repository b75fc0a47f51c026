import { computed } from 'vue'
import type { Locale } from '../src'
import { useUi } from '../src'

const zh = {
  title: '设计系统', lead: '每个组件的每种状态；语言和外观在右上角切换。',
  product: '山野手冲咖啡壶 细口长嘴 304 不锈钢 温度计款', store: '山野杂货', picture: '咖啡壶', save: '保存', remove: '删除', open: '打开', sure: '删除这个地址？', sureText: '删除后可以撤销。',
  filters: '筛选', show: '查看 12 件商品', colour: '颜色', red: '朱红', blue: '靛蓝', green: '竹青', label: '收货人', hint: '快递上写的名字', wrong: '请填写收货人姓名', note: '留言', select: '排序', first: '综合', second: '销量', check: '仅看有货',
  tabs: '订单', all: '全部', pay: '待付款', ended: '距结束', coupon: '满减券', share: '店铺折扣券', rate: '总体评分', rateNeeded: '请先打分', empty: '购物车还是空的', emptyText: '挑几样喜欢的放进来。', shop: '去逛逛', list: '评价', timeline: '进度', signed: '已签收', sent: '已发货', place: '上海', info: '运费在下一步计算。', good: '已保存。', promo: '再买 ¥20 减 ¥5。', bad: '没有保存成功，内容都还在。', badTitle: '网络断开了', toast: '已删除“咖啡壶”', undo: '撤销', from: '起', sample: '每一分钱都说得清来去 ¥1,234.50',
}
const en: typeof zh = {
  title: 'Design system', lead: 'Every component in every state; change language and theme at the top.',
  product: 'Hand-drip coffee kettle with a long spout, stainless steel, thermometer', store: 'Mountain Goods', picture: 'Kettle', save: 'Save', remove: 'Remove', open: 'Open', sure: 'Remove this address?', sureText: 'You can take it back.',
  filters: 'Filters', show: 'Show 12 products', colour: 'Colour', red: 'Vermilion', blue: 'Indigo', green: 'Bamboo', label: 'Recipient', hint: 'The name on the parcel', wrong: 'Enter the name of the recipient', note: 'Note', select: 'Sort', first: 'Best match', second: 'Most sold', check: 'In stock only',
  tabs: 'Orders', all: 'All', pay: 'To pay', ended: 'Ends in', coupon: 'Money-off coupon', share: 'Store discount', rate: 'Overall', rateNeeded: 'Give some stars first', empty: 'Your cart is empty', emptyText: 'Put in a few things you like.', shop: 'Go shopping', list: 'Reviews', timeline: 'Progress', signed: 'Delivered', sent: 'Sent', place: 'Shanghai', info: 'Freight is worked out in the next step.', good: 'Saved.', promo: 'Spend ¥20 more and take ¥5 off.', bad: 'That was not saved; what you wrote is still here.', badTitle: 'You are offline', toast: 'Removed “Kettle”', undo: 'Undo', from: 'from', sample: 'Every price explained ¥1,234.50',
}
const SAMPLES: Record<Locale, typeof zh> = { zh, en }

/** The words of the specimens, in the language of the page. */
export function useSamples() {
  const { locale } = useUi()
  return computed(() => SAMPLES[locale.value])
}

export const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })

/** A picture that every market has: the shop's own mark. */
export const picture = (alt: string) => ({ src: '/static/storefront/icon.svg', width: 512, height: 512, alt, srcset_webp: '', srcset_avif: '' })

export const cardOf = (title: string, merchant: string, alt: string, changes: object = {}) => ({
  id: 'sample', title, price: cny(12_950), list_price: cny(15_900), image: picture(alt), merchant: { id: 'sample', name: merchant }, in_stock: true, sold_count: 12_345, rating: { average_hundredths: 470, count: 128 }, ...changes,
})
