import { hasCode, ShopProblem } from '@jishi/api'
import type { Merchant } from '../api/merchant'
import type { ProductForMerchant, ProductWish } from '../api/types'
import { isPassing } from './autosave'
import { numbered } from './conflict'

/** What of a product is known, and what is to happen when the shop says more. */
export interface Written {
  id: () => string | undefined
  /** The shared product that a new one is to be an offer of. */
  shared?: () => string | undefined
  /** As it was when the editor got it from the shop. */
  base: () => ProductForMerchant | undefined
  /** A new product has its id now. */
  made: (id: string) => void
  /** Somebody wrote something newer. */
  overtaken: (theirs: ProductForMerchant) => void
}

/** Sends drafts of one product: the first makes it, the others are its next versions. Raises: ShopProblem. */
export function productWriting(merchant: Merchant, { id, shared, base, made, overtaken }: Written) {
  let creation: { key: string; wish: ProductWish; sharedId?: string } | undefined

  async function next(productId: string, draft: ProductWish, read: ProductForMerchant | undefined): Promise<ProductForMerchant> {
    try {
      return await merchant.saveProduct(productId, draft, read?.version ?? 0)
    } catch (error) {
      if (!hasCode(error, 'product_changed')) throw error
      const theirs = await merchant.product(productId)
      // It went on the shelf or off it, say: nobody wrote anything.
      if (JSON.stringify(theirs.wish) === JSON.stringify(read?.wish)) return merchant.saveProduct(productId, draft, theirs.version)
      overtaken(theirs)
      throw error
    }
  }

  /** A new product is made once, however often the answer gets lost: what was sent is sent again with its key. */
  async function create(draft: ProductWish): Promise<ProductForMerchant> {
    creation ??= { key: crypto.randomUUID(), wish: draft, sharedId: shared?.() }
    const sent = creation
    try {
      const found = await merchant.createProduct(sent.wish, sent.key, sent.sharedId)
      creation = undefined
      made(found.id)
      return JSON.stringify(sent.wish) === JSON.stringify(draft) ? found : await next(found.id, numbered(draft, found.wish), found)
    } catch (error) {
      if (error instanceof ShopProblem && !isPassing(error)) creation = undefined
      throw error
    }
  }

  return (draft: ProductWish): Promise<ProductForMerchant> => {
    const known = id()
    return known ? next(known, draft, base()) : create(draft)
  }
}
