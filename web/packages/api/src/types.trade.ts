// Buying: cart, quote, trade, payment, order.
import type { MerchantCard, Money } from './types'

export type LineProblem = 'not_for_sale' | 'sold_out' | 'short'

export interface CartLine {
  id: string
  sku_id: string
  product_id: string
  title: string
  choice_name: string
  image: string | null
  price: Money
  quantity: number
  amount: Money
  available: number
  is_selected: boolean
  problem: LineProblem | null
}

export interface CartGroup {
  merchant: MerchantCard
  lines: CartLine[]
  selected_amount: Money
}

export interface Cart {
  groups: CartGroup[]
  invalid_lines: CartLine[]
  piece_count: number
  selected_count: number
  goods_amount: Money
  discount_amount: Money
  total: Money
}

export interface CartLineWish {
  sku_id: string
  quantity: number
}

export interface CartLineChange {
  quantity?: number
  is_selected?: boolean
  sku_id?: string
}

export interface AddressWish {
  recipient: string
  phone: string
  area_code: string
  street: string
  postcode: string
  is_default: boolean
}

export interface Address extends AddressWish {
  id: string
  province: string
  city: string
  district: string
}

export interface Recipient {
  recipient: string
  phone: string
  area_code: string
  province: string
  city: string
  district: string
  street: string
  postcode: string
}

export type ShippingMethod = 'standard' | 'express' | 'same_city' | 'pick_up' | 'virtual'

export interface ShippingOption {
  method: ShippingMethod
  name: string
  amount: Money
  promise: string
}

export interface FunderShare {
  funder: 'platform' | 'merchant' | 'brand'
  basis_points: number
}

export interface Discount {
  rule_id: string
  name: string
  amount: Money
  funders: FunderShare[]
}

export interface TraceStep {
  step: string
  rule_id: string
  rule_version: number
  amount: Money
  merchant_id: string | null
  sku_id: string | null
  funders: FunderShare[]
}

export interface QuoteRequest {
  lines?: CartLineWish[] | null
  address_id?: string | null
  shipping?: Record<string, ShippingMethod>
  notes?: Record<string, string>
}

export interface QuoteLine {
  sku_id: string
  product_id: string
  title: string
  choice_name: string
  image: string | null
  unit_price: Money
  quantity: number
  amount: Money
  discount: Money
  payable: Money
}

export interface QuoteOrder {
  merchant: MerchantCard
  lines: QuoteLine[]
  freight: { method: ShippingMethod; amount: Money; payable: Money }
  shipping_options: ShippingOption[]
  discounts: Discount[]
  goods_amount: Money
  discount_amount: Money
  total: Money
}

export interface Quote {
  id: string
  address_id: string | null
  orders: QuoteOrder[]
  goods_amount: Money
  freight_amount: Money
  discount_amount: Money
  total: Money
  trace: TraceStep[]
  quoted_at: string
  expires_at: string
}

export type Channel = 'alipay' | 'wechat'

export type PaymentStatus = 'created' | 'pending' | 'paid' | 'failed' | 'closed' | 'late_paid' | 'partially_refunded' | 'refunded'

export interface PaymentSummary {
  id: string
  status: PaymentStatus
  amount: Money
  channel: Channel | null
  channels: Channel[]
  refunded: Money
}

export interface PaymentStart {
  payment_id: string
  status: PaymentStatus
  channel: Channel
  redirect_url: string | null
  qr_code: string | null
  expires_at: string
}

export type OrderStatus =
  | 'awaiting_payment'
  | 'awaiting_shipment'
  | 'partially_shipped'
  | 'shipped'
  | 'delivered'
  | 'received'
  | 'completed'
  | 'closed'

export interface OrderLine {
  id: string
  product_id: string
  sku_id: string
  title: string
  choice_name: string
  image: string | null
  unit_price: Money
  quantity: number
  amount: Money
  discount: Money
  payable: Money
  shipped_quantity: number
  refunded_quantity: number
  refunded: Money
}

export interface OrderRow {
  id: string
  number: string
  trade_id: string
  merchant: MerchantCard
  status: OrderStatus
  total: Money
  lines: OrderLine[]
  piece_count: number
  placed_at: string
  actions: string[]
}

export interface TimelineEntry {
  kind: string
  text: string
  actor: string
  at: string
}

export interface Scan {
  status: string
  description: string
  location: string
  at: string
}

export interface Parcel {
  id: string
  order_id: string
  carrier: string
  tracking_number: string
  status: string
  lines: { order_line_id: string; sku_id: string; quantity: number }[]
  scans: Scan[]
  shipped_at: string
}

export interface Order {
  id: string
  number: string
  trade_id: string
  merchant: MerchantCard
  status: OrderStatus
  payment_status: string
  fulfilment_status: string
  close_reason: string | null
  lines: OrderLine[]
  discounts: Discount[]
  goods_amount: Money
  discount_amount: Money
  freight_amount: Money
  total: Money
  refunded: Money
  shipping_method: ShippingMethod
  recipient: Recipient
  note: string
  parcels: Parcel[]
  timeline: TimelineEntry[]
  actions: string[]
  placed_at: string
  pay_before_at: string | null
  live_topic: string
  live_ticket: string
}

export interface Trade {
  id: string
  orders: OrderRow[]
  payment: PaymentSummary
  total: Money
  placed_at: string
  pay_before_at: string
  live_topic: string
  live_ticket: string
}

export interface Me {
  id: string
  nickname: string
  email: string | null
  phone: string | null
  language: string
}
