import type { makeClient, RecommendationPlace } from '@jishi/api'
import { answerOf } from '@jishi/api'

/** What somebody may like, and what he does not want to see. */
export function recommendations(client: ReturnType<typeof makeClient>) {
  return {
    recommendations: (place: RecommendationPlace, productIds: readonly string[] = [], more: { cursor?: string; limit?: number } = {}) =>
      answerOf(client.GET('/api/v1/store/recommendations', { params: { query: { place, product_id: [...productIds], ...more } } })),
    notInterested: async (id: string): Promise<void> => void (await client.POST('/api/v1/store/recommendations/not-interested', { body: { product_id: id } })),
    interestedAgain: async (id: string): Promise<void> => void (await client.DELETE('/api/v1/store/recommendations/not-interested/{product_id}', { params: { path: { product_id: id } } })),
    letters: () => answerOf(client.GET('/api/v1/store/recommendations/letters')),
    wantLetters: (wanted: boolean) => answerOf(client.PUT('/api/v1/store/recommendations/letters', { body: { wanted } })),
    /** End the letters of whoever got this one. Raises: ShopProblem for a link that is not whole. */
    stopLetters: async (token: string): Promise<void> => void (await client.POST('/api/v1/store/recommendations/letters/stops', { params: { query: { token } } })),
  }
}
