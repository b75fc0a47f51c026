import type { Locale } from '@jishi/ui'

type Words = Record<string, Record<Locale, string>>

// What the audit log calls things, in people's words.
const ACTIONS: Words = {
  'merchant.applied': { zh: '申请开店', en: 'Applied to open the store' },
  'merchant.in_review': { zh: '提交资料审核', en: 'Sent the application in' },
  'merchant.active': { zh: '开始营业', en: 'Opened for business' },
  'merchant.rejected': { zh: '申请被驳回', en: 'Application rejected' },
  'merchant.suspended': { zh: '暂停营业', en: 'Suspended' },
  'merchant.closing': { zh: '开始清退', en: 'Closing began' },
  'merchant.closed': { zh: '关闭店铺', en: 'Closed' },
  'merchant.terms_agreed': { zh: '约定结算条款', en: 'Agreed on terms' },
  'merchant.bank_account_changed': { zh: '更换收款账户', en: 'Changed the bank account' },
  'merchant.profile_changed': { zh: '修改店铺资料', en: 'Changed the store profile' },
  'merchant.adjusted': { zh: '账务调整', en: 'Adjusted the balance' },
  'staff.added': { zh: '添加员工', en: 'Added a member of staff' },
  'staff.role_changed': { zh: '调整员工角色', en: 'Changed a role' },
  'staff.removed': { zh: '移除员工', en: 'Removed a member of staff' },
  'store_category.made': { zh: '新建店内分类', en: 'Made a store category' },
  'store_category.changed': { zh: '修改店内分类', en: 'Changed a store category' },
  'store_category.arranged': { zh: '调整店内分类顺序', en: 'Ordered store categories' },
  'store_category.removed': { zh: '删除店内分类', en: 'Removed a store category' },
  'store_category.filled': { zh: '商品放入店内分类', en: 'Put products into a store category' },
  'store_category.emptied': { zh: '商品移出店内分类', en: 'Took products out of a store category' },
  'decoration.drafted': { zh: '保存店铺装修草稿', en: 'Saved a draft of the decoration' },
  'decoration.published': { zh: '发布店铺装修', en: 'Published the decoration' },
  'decoration.restored': { zh: '恢复历史装修为草稿', en: 'Made an earlier decoration the draft' },
  'promotion.drafted': { zh: '新建促销活动', en: 'Drafted a promotion' },
  'promotion.changed': { zh: '修改促销活动', en: 'Changed a promotion' },
  'promotion.live': { zh: '启用促销活动', en: 'Put a promotion in force' },
  'promotion.paused': { zh: '暂停促销活动', en: 'Paused a promotion' },
  'promotion.ended': { zh: '结束促销活动', en: 'Ended a promotion' },
  'event_entry.applied': { zh: '报名平台活动', en: 'Enrolled in a sale event' },
  'event_entry.accepted': { zh: '活动报名通过', en: 'Entry in a sale event accepted' },
  'event_entry.rejected': { zh: '活动报名未通过', en: 'Entry in a sale event rejected' },
  'event_entry.withdrawn': { zh: '撤回活动报名', en: 'Withdrew from a sale event' },
  'coupon.given': { zh: '发放优惠券给买家', en: 'Gave a buyer a coupon' },
  'coupon_template.drafted': { zh: '新建优惠券', en: 'Wrote a coupon' },
  'coupon_template.changed': { zh: '修改优惠券', en: 'Changed a coupon' },
  'coupon_template.live': { zh: '开始发放优惠券', en: 'Let a coupon be given' },
  'coupon_template.paused': { zh: '暂停发放优惠券', en: 'Paused a coupon' },
  'coupon_template.ended': { zh: '结束优惠券', en: 'Ended a coupon' },
  'coupon_template.codes_made': { zh: '生成兑换码', en: 'Made codes of a coupon' },
  'flash.applied': { zh: '报名限时秒杀', en: 'Applied for a flash sale' },
  'flash.accepted': { zh: '秒杀报名通过', en: 'Flash sale application accepted' },
  'flash.rejected': { zh: '秒杀报名未通过', en: 'Flash sale application rejected' },
  'flash.withdrawn': { zh: '撤回秒杀报名', en: 'Withdrew from a flash sale' },
  'presale.made': { zh: '新建定金预售', en: 'Made a pre-sale' },
  'presale.stopped': { zh: '停止预售', en: 'Stopped a pre-sale' },
  'presale.given_up': { zh: '放弃预售订单', en: 'Gave up an order of a pre-sale' },
  'order.cancelled': { zh: '取消订单', en: 'Cancelled an order' },
  'codes.added': { zh: '上传卡密', en: 'Added codes' },
  'voucher.redeemed': { zh: '核销服务券', en: 'Redeemed a voucher' },
  'refund.requested': { zh: '发起退款', en: 'Asked for a refund' },
  'refund.begun_anew': { zh: '重新发起退款', en: 'Began a refund anew' },
  'statement.issued': { zh: '出具结算单', en: 'Issued a statement' },
  'statement.confirmed': { zh: '确认结算单', en: 'Confirmed a statement' },
  'statement.disputed': { zh: '对结算单提出异议', en: 'Disputed a statement' },
  'statement.dispute_answered': { zh: '答复结算单异议', en: 'Answered a dispute' },
  'payout.prepared': { zh: '生成打款单', en: 'Prepared a payout' },
  'payout.approved': { zh: '复核打款', en: 'Approved a payout' },
  'payout.paid': { zh: '打款到账', en: 'Payout arrived' },
  'payout.failed': { zh: '打款失败', en: 'Payout failed' },
  'payout.returned': { zh: '打款被退回', en: 'Payout came back' },
}
const SUBJECTS: Words = {
  merchant: { zh: '店铺', en: 'Store' },
  user: { zh: '员工', en: 'Member of staff' },
  staff: { zh: '员工', en: 'Member of staff' },
  sku: { zh: '规格', en: 'Variant' },
  refund: { zh: '退款', en: 'Refund' },
  coupon_template: { zh: '优惠券', en: 'Coupon' },
  flash_item: { zh: '秒杀报名', en: 'Flash sale application' },
  presale: { zh: '定金预售', en: 'Pre-sale' },
  evententry: { zh: '活动报名', en: 'Entry in an event' },
  order: { zh: '订单', en: 'Order' },
  statement: { zh: '结算单', en: 'Statement' },
  payout: { zh: '打款', en: 'Payout' },
  store_category: { zh: '店内分类', en: 'Store category' },
  promotion: { zh: '促销活动', en: 'Promotion' },
  decoration: { zh: '店铺装修', en: 'Decoration' },
  adjustment: { zh: '账务调整', en: 'Adjustment' },
}

/** What can be asked for; a member of staff is written down as `staff`. */
export const SUBJECT_KINDS = Object.keys(SUBJECTS).filter((kind) => kind !== 'user')

/** An action of the audit log as people read it; one that is new here as it is stored. */
export function actionWords(action: string, locale: Locale): string {
  return ACTIONS[action]?.[locale] ?? action
}

/** What an action was done to, as people read it. */
export function subjectWords(kind: string, locale: Locale): string {
  return SUBJECTS[kind]?.[locale] ?? kind
}
