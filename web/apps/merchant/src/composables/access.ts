export type Role = 'owner' | 'operator' | 'warehouse' | 'finance' | 'service' | 'cashier'

/** Which roles the API lets into a page beside the owner; a page that is not named here is for everybody. */
const PAGES: Record<string, readonly Role[]> = {
  orders: ['operator', 'warehouse', 'finance', 'service'],
  order: ['operator', 'warehouse', 'finance', 'service'],
  slip: ['operator', 'warehouse', 'finance', 'service'],
  slips: ['operator', 'warehouse', 'finance', 'service'],
  reviews: ['operator', 'service'],
  products: ['operator', 'warehouse', 'service'],
  product: ['operator', 'warehouse', 'service'],
  'product-new': ['operator'],
  'store-categories': ['operator', 'warehouse', 'service'],
  promotions: ['operator', 'finance', 'service'],
  promotion: ['operator', 'finance', 'service'],
  'promotion-new': ['operator'],
  'promotion-edit': ['operator'],
  'promotion-calendar': ['operator', 'finance', 'service'],
  decoration: ['operator'],
  'promotion-check': ['operator'],
  coupons: ['operator', 'finance', 'service'],
  events: ['operator'],
  flash: ['operator'],
  presales: ['operator'],
  imports: ['operator'],
  import: ['operator'],
  stock: ['operator', 'warehouse'],
  movements: ['operator', 'warehouse'],
  vouchers: ['operator', 'warehouse', 'service', 'cashier'],
  statements: ['finance'],
  statement: ['finance'],
  staff: [],
  audit: [],
}

/** What is done on a page, by the roles that the API lets do it beside the owner. */
const WORK = {
  ship: ['operator', 'warehouse'],
  refund: ['operator', 'service', 'finance'],
  results: ['operator', 'finance'],
  goodwill: ['operator', 'service'],
  write: ['operator'],
  codes: ['operator', 'warehouse'],
} satisfies Record<string, readonly Role[]>

export type Work = keyof typeof WORK

/** The list that a page of one thing belongs to. */
const SECTIONS: Record<string, string> = { order: 'orders', slip: 'orders', product: 'products', 'product-new': 'products', 'store-categories': 'products', promotion: 'promotions', 'promotion-new': 'promotions', 'promotion-edit': 'promotions', 'promotion-calendar': 'promotions', 'promotion-check': 'promotions', statement: 'statements', movements: 'stock' }

/** The desk that a page belongs to: its own name, unless it is of one thing of a list. */
export function deskOf(page: string): string {
  return SECTIONS[page] ?? page
}

/** Tell whether somebody in a role may open a page. */
export function mayOpen(role: Role | null | undefined, page: string): boolean {
  const roles = PAGES[page]
  return roles === undefined || isAmong(role, roles)
}

/** Tell whether somebody in a role may do a piece of work. */
export function mayDo(role: Role | null | undefined, work: Work): boolean {
  return isAmong(role, WORK[work])
}

function isAmong(role: Role | null | undefined, roles: readonly Role[]): boolean {
  return role === 'owner' || (role ? roles.includes(role) : false)
}
