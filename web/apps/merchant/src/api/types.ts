// What the merchant's operations send and answer, from the generated description of the API.
import type { components } from '@jishi/api/schema'

type Schemas = components['schemas']

export interface Page<Item> {
  items: Item[]
  next_cursor?: string | null
}

export type Dashboard = Schemas['Dashboard']
export type DaySales = Schemas['DaySales']
export type BestSeller = Schemas['BestSeller']
export type OwnReview = Schemas['OwnReview']
export type AuditRow = Schemas['AuditRow']
export type Carrier = Schemas['Carrier']
export type Cause = Schemas['Cause']
export type CategoryAttribute = Schemas['CategoryAttribute']
export type CategoryNode = Schemas['CategoryNode']
export type Media = Schemas['Media']
export type MerchantOrder = Schemas['Order']
export type MerchantProfile = Schemas['MerchantProfile']
export type OfferedPrice = Schemas['OfferedPrice']
export type OrderLine = Schemas['OrderLine']
export type OrderRow = Schemas['OrderRow']
export type Parcel = Schemas['Parcel']
export type ParcelWish = Schemas['ParcelWish']
export type PiecesWish = Schemas['PiecesWish']
export type ProductForMerchant = Schemas['ProductForMerchant']
export type ProductRow = Schemas['ProductRow']
export type ProductWish = Schemas['ProductWish']
export type Refund = Schemas['Refund']
export type RefundWish = Schemas['RefundRequest']
export type SaleAxisWish = Schemas['SaleAxisWish']
export type SkuWish = Schemas['SkuWish']
export type StaffMember = Schemas['StaffMember']
export type Statement = Schemas['Statement']
export type StatementEntry = Schemas['StatementEntry']
export type StatementRow = Schemas['StatementRow']
export type TimelineEntry = Schemas['TimelineEntry']

export type CountWish = Schemas['CountWish']
export type Movement = Schemas['Movement']
export type ReceiptWish = Schemas['ReceiptWish']
export type StockRow = Schemas['StockRow']
export type VersionChange = Schemas['VersionChange']
export type VersionRow = Schemas['VersionRow']
export type Video = Schemas['Video']
export type Warehouse = Schemas['Warehouse']
