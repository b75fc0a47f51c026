import type { BlockKind, DecorationBlock, LinkedPicture, Media } from '../api/types'

export const KINDS: readonly BlockKind[] = ['banners', 'chosen_products', 'ruled_products', 'picture_text', 'two_pictures', 'notice']
export const BLOCKS_MAX = 20
export const PRODUCTS_MAX = 12
export const TITLE_MAX = 60
export const TEXT_MAX = 500

/** How many pictures a kind of block has, from and to. */
const PICTURES: Partial<Record<BlockKind, readonly [number, number]>> = { banners: [1, 5], picture_text: [1, 1], two_pictures: [2, 2] }
const TITLED: readonly BlockKind[] = ['picture_text', 'chosen_products', 'ruled_products', 'notice']
const SAYING: readonly BlockKind[] = ['picture_text', 'notice']

/** A block while it is edited; `key` is the editor's own. */
export interface Edited extends Required<DecorationBlock> {
  key: string
}

let numbers = 0
const newKey = () => `block-${++numbers}`

export const mostPictures = (kind: BlockKind): number => PICTURES[kind]?.[1] ?? 0
export const hasTitle = (kind: BlockKind): boolean => TITLED.includes(kind)
export const hasText = (kind: BlockKind): boolean => SAYING.includes(kind)

/** A new block of a kind with nothing in it. */
export function emptyBlock(kind: BlockKind): Edited {
  const rule = kind === 'ruled_products' ? ('newest' as const) : null
  return { key: newKey(), kind, title: { zh: '', en: '' }, text: { zh: '', en: '' }, pictures: [], product_ids: [], rule, store_category_id: null }
}

/** Stored blocks as the editor holds them. */
export function editedOf(blocks: readonly DecorationBlock[]): Edited[] {
  return blocks.map((block) => ({ ...emptyBlock(block.kind), ...structuredClone(block) }))
}

/** The blocks as the market takes them. */
export function storedOf(blocks: readonly Edited[]): DecorationBlock[] {
  return blocks.map(({ kind, title, text, pictures, product_ids, rule, store_category_id }) => ({ kind, title, text, pictures, product_ids, rule, store_category_id }))
}

/** What a block still lacks before it can be kept. */
export type Lack = 'pictures' | 'products' | 'words' | 'category'

export function lackOf(block: Edited): Lack | undefined {
  const [least, most] = PICTURES[block.kind] ?? [0, 0]
  if (block.pictures.length < least || block.pictures.length > most) return 'pictures'
  if (block.kind === 'chosen_products' && block.product_ids.length === 0) return 'products'
  if (block.rule === 'store_category' && !block.store_category_id) return 'category'
  if (hasText(block.kind) && !block.title.zh.trim() && !block.text.zh.trim()) return 'words'
  return undefined
}

/** A picture that leads nowhere yet. */
export function pictureOf(media: Media): LinkedPicture {
  return { media_id: media.id, alt: { zh: '', en: '' }, product_id: null, store_category_id: null }
}
