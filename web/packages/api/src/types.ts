// The words of the shop as the API writes them. Money, lists and errors look the same everywhere.

export interface Money {
  amount_minor: number
  currency: string
}

export interface Page<Item> {
  items: Item[]
  next_cursor: string | null
}

export interface Image {
  src: string
  width: number
  height: number
  alt: string
  srcset_webp: string
  srcset_avif: string
}

export interface MerchantCard {
  id: string
  name: string
  logo: string | null
}

export interface Store {
  id: string
  name: string
  logo: string | null
  banner: string | null
  introduction: string
}

export interface CategoryNode {
  id: string
  name: string
  icon: string | null
  children: CategoryNode[]
}

export interface CategoryCrumb {
  id: string
  name: string
}

export interface CategoryDetail {
  id: string
  name: string
  breadcrumbs: CategoryCrumb[]
  children: CategoryNode[]
}

export interface ProductCard {
  id: string
  title: string
  price: Money
  list_price: Money | null
  image: Image | null
  merchant: MerchantCard
  in_stock: boolean
  sold_count: number
}

export interface AxisValue {
  code: string
  name: string
  image: Image | null
}

export interface SaleAxis {
  code: string
  name: string
  values: AxisValue[]
}

export interface Sku {
  id: string
  code: string
  choice: Record<string, string>
  price: Money
  list_price: Money | null
  in_stock: boolean
}

export interface Fact {
  name: string
  value: string
}

export interface ProductDetail {
  id: string
  title: string
  subtitle: string
  description: string
  breadcrumbs: CategoryCrumb[]
  brand: string | null
  merchant: MerchantCard
  images: Image[]
  axes: SaleAxis[]
  skus: Sku[]
  facts: Fact[]
  price_from: Money
  price_to: Money
  in_stock: boolean
  sold_count: number
  version: number
}

export interface Banner {
  title: string
  subtitle: string
  image: Image | null
  link: string
}

export interface Shelf {
  code: string
  title: string
  products: ProductCard[]
  link: string | null
}

export interface Home {
  banners: Banner[]
  categories: CategoryNode[]
  shelves: Shelf[]
}

export type SearchSort = 'relevance' | 'sales' | 'newest' | 'price_up' | 'price_down'

export interface FacetValue {
  value: string
  name: string
  count: number
  is_chosen: boolean
}

export interface Facet {
  code: string
  name: string
  values: FacetValue[]
}

export interface SearchResult {
  items: ProductCard[]
  next_cursor: string | null
  count: number
  is_capped: boolean
  facets: Facet[]
  did_you_mean: string | null
}

export interface Suggestion {
  text: string
  kind: string
  target_id: string | null
}
