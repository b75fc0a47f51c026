/** What the profile asks; loaded with its page. */
const zh = {
  birthday: '生日（选填）',
  month: '月',
  day: '日',
  birthdayHint: '只记月日并加密保存，用于每年一次的生日优惠券。',
  couponNews: '优惠券快到期时提醒我',
}

export type ProfileWords = typeof zh
export default zh
