import type { ProfileWords } from './zh'

const en: ProfileWords = {
  birthday: 'Birthday (if you like)',
  month: 'Month',
  day: 'Day',
  birthdayHint: 'Month and day only, kept encrypted, for a coupon once a year.',
  couponNews: 'Remind me of coupons that end soon',
}

export default en
