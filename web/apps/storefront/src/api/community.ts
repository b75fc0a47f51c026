import type { Media, makeClient, PictureMatches, ReviewWish, SavedSearchWish } from '@jishi/api'
import { answerOf } from '@jishi/api'

type Client = ReturnType<typeof makeClient>

/** Send a file to a path of the shop and read its JSON answer. Raises: ShopProblem. */
export type Upload = <Answer>(path: string, file: File) => Promise<Answer>

/** Which of a product's reviews are wanted. */
export interface ReviewFilter {
  stars?: number
  with_pictures?: boolean
}

/** What buyers say of what they received. */
export function reviews(client: Client, upload: Upload) {
  const product = (product_id: string) => ({ path: { product_id } })
  return {
    reviews: (id: string, filter: ReviewFilter, cursor?: string) =>
      answerOf(client.GET('/api/v1/store/products/{product_id}/reviews', { params: { ...product(id), query: cursor ? { ...filter, cursor } : filter } })),
    reviewSummary: (id: string) => answerOf(client.GET('/api/v1/store/products/{product_id}/reviews/summary', { params: product(id) })),
    myReviews: (query: { order_id?: string; cursor?: string; limit?: number }) => answerOf(client.GET('/api/v1/store/reviews', { params: { query } })),
    review: (order_line_id: string, wish: ReviewWish) =>
      answerOf(client.PUT('/api/v1/store/order-lines/{order_line_id}/review', { params: { path: { order_line_id } }, body: wish })),
    uploadReviewPicture: (file: File) => upload<Media>('/api/v1/store/review-pictures', file),
  }
}

/** What somebody likes, follows and looked at. */
export function interests(client: Client) {
  const product = (product_id: string) => ({ params: { path: { product_id } } })
  const merchant = (merchant_id: string) => ({ params: { path: { merchant_id } } })
  const from = (cursor: string | undefined) => ({ params: { query: cursor ? { cursor } : {} } })
  const done = async (call: Promise<unknown>): Promise<void> => void (await call)
  return {
    favourites: (cursor?: string) => answerOf(client.GET('/api/v1/store/favourites', from(cursor))),
    isFavourite: async (id: string): Promise<boolean> => {
      const found = await answerOf(client.GET('/api/v1/store/favourites', { params: { query: { product_id: [id] } } }))
      return found.items.length > 0
    },
    addFavourite: (id: string) => done(client.PUT('/api/v1/store/favourites/{product_id}', product(id))),
    removeFavourite: (id: string) => done(client.DELETE('/api/v1/store/favourites/{product_id}', product(id))),
    follows: (cursor?: string) => answerOf(client.GET('/api/v1/store/follows', from(cursor))),
    isFollowed: async (id: string): Promise<boolean> => {
      const found = await answerOf(client.GET('/api/v1/store/follows', { params: { query: { merchant_id: [id] } } }))
      return found.items.length > 0
    },
    follow: (id: string) => done(client.PUT('/api/v1/store/follows/{merchant_id}', merchant(id))),
    unfollow: (id: string) => done(client.DELETE('/api/v1/store/follows/{merchant_id}', merchant(id))),
    history: (cursor?: string, limit?: number) =>
      answerOf(client.GET('/api/v1/store/history', { params: { query: { ...(cursor ? { cursor } : {}), ...(limit ? { limit } : {}) } } })),
    addView: (product_id: string) => done(client.POST('/api/v1/store/history', { body: { product_id } })),
    /** Forget some views; all of them without ids. */
    forgetViews: (product_id: string[] = []) => done(client.DELETE('/api/v1/store/history', { params: { query: { product_id } } })),
  }
}

/** What somebody searched for, and what many look for. */
export function searches(client: Client, upload: Upload) {
  return {
    searchByPicture: async (file: File) => (await upload<PictureMatches>('/api/v1/store/picture-searches', file)).items,
    searches: () => answerOf(client.GET('/api/v1/store/searches')),
    hotWords: () => answerOf(client.GET('/api/v1/store/hot-words')),
    noteSearch: async (words: string): Promise<void> => void (await answerOf(client.POST('/api/v1/store/searches', { body: { words } }))),
    /** Forget some searches; all of them without words. */
    forgetSearches: async (words: string[]): Promise<void> => void (await answerOf(client.DELETE('/api/v1/store/searches', { params: { query: { words } } }))),
    savedSearches: () => answerOf(client.GET('/api/v1/store/saved-searches')),
    saveSearch: (wish: SavedSearchWish) => answerOf(client.POST('/api/v1/store/saved-searches', { body: wish })),
    lookAtSavedSearches: async (): Promise<void> => void (await answerOf(client.POST('/api/v1/store/saved-searches/seen'))),
    removeSavedSearch: async (saved_search_id: string): Promise<void> => void (await answerOf(client.DELETE('/api/v1/store/saved-searches/{saved_search_id}', { params: { path: { saved_search_id } } }))),
  }
}
