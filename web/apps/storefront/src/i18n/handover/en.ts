import type { HandoverWords } from './zh'

const en: HandoverWords = {
  title: 'Codes and vouchers',
  codes: 'Codes',
  vouchers: 'Vouchers',
  hidden: 'Hidden until you open it',
  open: 'Show the code',
  openTitle: 'Show the code now?',
  openText: 'Once shown, it can be refunded only if the merchant agrees.',
  later: 'Later',
  copied: 'Copied',
  copy: 'Copy',
  qr: 'For the merchant to scan',
  until: (time) => `Good until ${time}`,
  usedAt: (time) => `Used ${time}`,
  states: { unused: 'Unused', used: 'Used', expired: 'Expired', void: 'Void' },
  returnUnused: 'Give back what is unused',
  returnTitle: (count) => (count === 1 ? 'Give back 1 unused piece?' : `Give back ${count} unused pieces?`),
  returnText: 'Codes you have not opened and vouchers you have not used are void at once; your money goes back.',
  keep: 'Keep them',
  returned: 'The refund is under way',
  expiry: 'Vouchers not used in time are refunded by themselves.',
  waiting: 'Here once it is paid',
  awaitingUse: 'To be used',
  virtual: 'Virtual goods',
  service: 'Service',
  virtualText: 'The code is given as soon as you have paid, without a parcel; a code you have not opened can be refunded',
  serviceText: (days) => `You get a voucher once it is paid, to be shown at the merchant within ${days} days; refunded any time before use, and by itself when it expires`,
}

export default en
