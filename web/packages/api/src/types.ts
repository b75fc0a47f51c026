// The words of the shop, from the API's own description (schema.d.ts, made by `npm run api`, never edited).
import type { components } from './schema'

type Schemas = components['schemas']

/**
 * An answer as the shop sends it. The description lets a field with a default be left out, which is right for what
 * we send; the shop itself always writes every field.
 */
export type Complete<T> = T extends readonly (infer Item)[]
  ? Complete<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Complete<Exclude<T[Key], undefined>> }
    : T

/** The answer of a name in the description. */
export type Answer<Name extends keyof Schemas> = Complete<Schemas[Name]>

/** A list: its items, and where the next page begins. */
export interface Page<Item> {
  items: Item[]
  next_cursor: string | null
}

// -- what is sent ----------------------------------------------------------------------------------------------------
export type AdmissionWish = Schemas['AdmissionWish']
export type AddressChange = Schemas['AddressChange']
export type AddressWish = Schemas['AddressWish']
export type BehaviourEvent = Schemas['BrowserEvent']
export type BehaviourPlacement = Schemas['Placement']
export type CartLineChange = Schemas['CartLineChange']
export type CartLineWish = Schemas['CartLineWish']
export type FlashQuoteRequest = Schemas['FlashQuoteRequest']
export type MeChange = Schemas['MeChange']
export type PresaleQuoteRequest = Schemas['PresaleQuoteRequest']
export type QuoteRequest = Schemas['QuoteRequest']
export type ReviewWish = Schemas['ReviewWish']

// -- what is answered ------------------------------------------------------------------------------------------------
export type Address = Answer<'Address'>
export type Admission = Answer<'Admission'>
export type AxisValue = Answer<'AxisValue'>
export type Banner = Answer<'Banner'>
export type Cart = Answer<'Cart'>
export type Challenge = Answer<'Challenge'>
export type FlashBoard = Answer<'FlashBoard'>
export type FlashItem = Answer<'FlashItem'>
export type FlashMark = Answer<'FlashMark'>
export type FlashReminded = Answer<'FlashReminded'>
export type OrderPresale = Answer<'OrderPresale'>
export type Presale = Answer<'Presale'>
export type ProductPresales = Answer<'ProductPresales'>
export type CartGroup = Answer<'CartGroup'>
export type GiftOffer = Answer<'GiftOffer'>
export type CartLine = Answer<'CartLine'>
export type CategoryCrumb = Answer<'CategoryCrumb'>
export type CategoryDetail = Answer<'CategoryDetail'>
export type CategoryNode = Answer<'CategoryNode'>
export type Channel = Schemas['ChannelName']
export type Consent = Answer<'Consent'>
export type Discount = Answer<'Discount'>
export type Favourite = Answer<'Favourite'>
export type Facet = Answer<'Facet'>
export type Fact = Answer<'Fact'>
export type HotWord = Answer<'HotWord'>
export type FacetValue = Answer<'FacetValue'>
export type Follow = Answer<'Follow'>
export type CouponOffer = Answer<'CouponOffer'>
export type BuyerCoupon = Answer<'BuyerCoupon'>
export type CouponState = BuyerCoupon['state']
export type CouponTerms = Answer<'CouponTerms'>
export type QuoteCoupon = Answer<'QuoteCoupon'>
export type Handover = Answer<'Handover'>
export type Home = Answer<'Home'>
export type Image = Answer<'Image'>
export type Kept = Answer<'Kept'>
export type Letters = Answer<'Letters'>
export type LineProblem = Schemas['LineProblem']
export type Me = Answer<'Me'>
export type Media = Answer<'Media'>
export type MerchantCard = Answer<'MerchantCard'>
export type Money = Answer<'Money'>
export type Order = Answer<'Order'>
export type OrderLine = Answer<'OrderLine'>
export type OrderRow = Answer<'OrderRow'>
export type OrderStatus = Schemas['OrderStatus']
export type OwnReview = Answer<'OwnReview'>
export type Parcel = Answer<'Parcel'>
export type PaymentStart = Answer<'PaymentStart'>
export type PaymentStatus = Schemas['PaymentStatus']
export type PaymentSummary = Answer<'PaymentSummary'>
export type PriceTier = Answer<'PriceTier'>
export type ProductCard = Answer<'ProductCard'>
export type ProductDetail = Answer<'ProductDetail'>
export type SharedOffers = Answer<'SharedOffers'>
export type Offer = Answer<'Offer'>
export type OfferSku = Answer<'OfferSku'>
export type Quote = Answer<'Quote'>
export type QuoteLine = Answer<'QuoteLine'>
export type QuoteOrder = Answer<'QuoteOrder'>
export type Rating = Answer<'Rating'>
export type Recipient = Answer<'Recipient'>
export type MissingForNext = Answer<'MissingForNext'>
export type PriceAfter = Answer<'PriceAfter'>
export type ProductPromotions = Answer<'ProductPromotions'>
export type PromotionDetail = Answer<'PromotionDetail'>
export type ShownPromotion = Answer<'ShownPromotion'>
export type Recommendation = Answer<'Recommendation'>
export type RecommendationPlace = Schemas['Place']
export type Recommendations = Answer<'Recommendations'>
export type Review = Answer<'Review'>
export type ReviewSummary = Answer<'ReviewSummary'>
export type SaleAxis = Answer<'SaleAxis'>
export type Scan = Answer<'Scan'>
export type PictureMatches = Answer<'PictureMatches'>
export type PictureMatch = PictureMatches['items'][number]
export type SavedSearch = Answer<'SavedSearch'>
export type SavedSearchWish = Schemas['SavedSearchWish']
export type SearchResult = Answer<'SearchResult'>
export type SearchSort = Schemas['SearchSort']
export type Shelf = Answer<'Shelf'>
export type ShippingMethod = Schemas['ShippingMethod']
export type ShippingOption = Answer<'ShippingOption'>
export type Sku = Answer<'Sku'>
export type ShopText = Answer<'ShopText'>
export type Store = Answer<'Store'>
export type StoreBlock = Answer<'StoreBlock'>
export type EventShown = Answer<'EventShown'>
export type StoreFront = Answer<'StoreFront'>
export type StorePicture = Answer<'StorePicture'>
export type StoreCategoryNode = Answer<'StoreCategoryNode'>
export type Suggestion = Answer<'Suggestion'>
export type TimelineEntry = Answer<'TimelineEntry'>
export type TraceStep = Answer<'TraceStep'>
export type Trade = Answer<'Trade'>
export type Viewed = Answer<'Viewed'>
export type Voucher = Answer<'Voucher'>
