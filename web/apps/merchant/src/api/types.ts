// What the merchant's operations send and answer; the words are the API's.
import type { Image, MerchantCard, Money } from '@jishi/api'

export interface Page<Item> {
  items: Item[]
  next_cursor: string | null
}

export interface Text {
  zh: string
  en: string
}

export interface Terms {
  merchant_id: string
  commission_basis_points: number
  settlement_mode: string
  statement_cycle: string
}

export interface MerchantProfile {
  id: string
  status: string
  legal_name: string
  name: Text
  introduction: Text
  logo: string | null
  banner: string | null
  contact_name: string
  contact_phone: string
  bank_name: string
  bank_account: string
  terms: Terms
  version: number
}

export interface StaffMember {
  user_id: string
  nickname: string
  login: string
  role: string
  since: string
}

export interface AuditRow {
  id: string
  at: string
  actor_kind: string
  actor_name: string | null
  action: string
  subject_kind: string
  subject_id: string
  data: Record<string, unknown>
}

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
  status: string
  total: Money
  lines: OrderLine[]
  piece_count: number
  placed_at: string
  actions: string[]
  recipient: string | null
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

export interface Recipient {
  recipient: string
  phone: string
  province: string
  city: string
  district: string
  street: string
  postcode: string
}

export interface MerchantOrder {
  id: string
  number: string
  status: string
  payment_status: string
  fulfilment_status: string
  close_reason: string | null
  lines: OrderLine[]
  goods_amount: Money
  discount_amount: Money
  freight_amount: Money
  total: Money
  refunded: Money
  shipping_method: string
  recipient: Recipient
  note: string
  parcels: Parcel[]
  timeline: TimelineEntry[]
  actions: string[]
  placed_at: string
  live_topic: string
  live_ticket: string
}

export interface PiecesWish {
  order_line_id: string
  quantity: number
}

export interface ParcelWish {
  carrier: string
  tracking_number: string | null
  lines: PiecesWish[] | null
}

export interface Carrier {
  code: string
  name: string
}

export interface RefundWish {
  lines: PiecesWish[] | null
  amount: Money | null
  freight: boolean
  reason: string
}

export interface Refund {
  id: string
  order_id: string | null
  amount: Money
  status: string
  reason: string
  note: string
  requested_at: string
  done_at: string | null
}

export interface Media {
  id: string
  kind: string
  image: Image
}

export interface AxisValueWish {
  code: string
  name: Text
  media_id: string | null
}

export interface SaleAxisWish {
  code: string
  name: Text
  values: AxisValueWish[]
}

export interface SkuWish {
  id: string | null
  code: string
  choice: Record<string, string>
  price_minor: number
  list_price_minor: number | null
  weight_grams: number
  volume_cm3: number
}

export interface ProductWish {
  title: Text
  subtitle: Text
  description: Text
  category_id: string
  brand_id: string | null
  media_ids: string[]
  axes: SaleAxisWish[]
  skus: SkuWish[]
  attributes: Record<string, string>
}

export interface ProductForMerchant {
  id: string
  status: string
  wish: ProductWish
  images: Image[]
  version: number
  updated_at: string
}

export interface ProductRow {
  id: string
  title: string
  image: Image | null
  status: string
  price_from: Money
  price_to: Money
  sku_count: number
  available: number
  updated_at: string
}

export interface CategoryNode {
  id: string
  name: string
  children: CategoryNode[]
}

export interface CategoryAttribute {
  code: string
  name: string
  kind: string
  is_required: boolean
  is_sale_axis: boolean
  choices: string[]
}

export interface StockRow {
  sku_id: string
  sku_code: string
  title: string
  choice_name: string
  warehouse_id: string
  warehouse_name: string
  on_hand: number
  reserved: number
  available: number
}

export interface Movement {
  sku_id: string
  warehouse_id: string
  kind: string
  quantity: number
  reference: string
  at: string
}

export interface Warehouse {
  id: string
  name: string
  area_code: string
}

export interface StatementRow {
  id: string
  from_date: string
  to_date: string
  status: string
  opening: Money
  sales: Money
  refunds: Money
  commission: Money
  adjustments: Money
  due: Money
  order_count: number
  issued_at: string | null
}

export interface StatementEntry {
  kind: string
  order_id: string | null
  order_number: string | null
  goods: Money
  freight: Money
  subsidy: Money
  commission: Money
  amount: Money
  at: string
}

export interface Statement {
  row: StatementRow
  entries: StatementEntry[]
  next_cursor: string | null
  payout: { status: string; amount: Money; bank_reference: string | null; paid_at: string | null } | null
}
