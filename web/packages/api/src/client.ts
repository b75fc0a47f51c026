import type { Client } from 'openapi-fetch'
import createClient from 'openapi-fetch'
import type { ShopFetch } from './connection'
import type { paths } from './schema'
import type { Complete } from './types'

export type ShopClient = Client<paths, 'application/json'>

/** The typed client of the whole API, over a connection that throws refusals as ShopProblem. */
export function makeClient(shopFetch: ShopFetch, origin: string): ShopClient {
  return createClient<paths>({ baseUrl: origin, fetch: shopFetch, querySerializer: { array: { style: 'form', explode: true } } })
}

/** What a call answered. Raises: ShopProblem, thrown by the connection before there is an answer without data. */
export async function answerOf<T>(call: Promise<{ data?: T }>): Promise<Complete<T>> {
  return (await call).data as Complete<T>
}
