import { BadgePercent, Boxes, CalendarClock, FileText, Home, LayoutTemplate, MessageSquare, Package, PartyPopper, Receipt, ScrollText, Settings, TicketCheck, TicketPercent, Users, Zap } from '@lucide/vue'

/** The desks of the menu, in its order; who may open which, access.ts says. */
export const DESKS = [
  { name: 'home', icon: Home },
  { name: 'orders', icon: Receipt },
  { name: 'products', icon: Package },
  { name: 'promotions', icon: BadgePercent },
  { name: 'coupons', icon: TicketPercent },
  { name: 'events', icon: PartyPopper },
  { name: 'flash', icon: Zap },
  { name: 'presales', icon: CalendarClock },
  { name: 'decoration', icon: LayoutTemplate },
  { name: 'stock', icon: Boxes },
  { name: 'vouchers', icon: TicketCheck },
  { name: 'reviews', icon: MessageSquare },
  { name: 'statements', icon: FileText },
  { name: 'staff', icon: Users },
  { name: 'audit', icon: ScrollText },
  { name: 'settings', icon: Settings },
] as const
