import type { ShopFetch } from './connection'

export interface RequestParts {
  query?: Record<string, string | number | boolean | readonly string[] | null | undefined>
  body?: unknown
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** The query string of `parts`, without what is empty; a list repeats its name. */
export function queryText(parts: RequestParts['query']): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parts ?? {})) {
    if (value === undefined || value === null || value === '') continue
    if (Array.isArray(value)) for (const one of value) search.append(name, one)
    else search.append(name, String(value))
  }
  const text = search.toString()
  return text ? `?${text}` : ''
}

/** Send one JSON request and read its JSON answer (undefined when it has none). Raises: ShopProblem. */
export async function send<T>(shopFetch: ShopFetch, origin: string, method: string, path: string, parts: RequestParts = {}): Promise<T> {
  const init: RequestInit = { method, headers: { Accept: 'application/json', ...parts.headers } }
  if (parts.signal) init.signal = parts.signal
  if (parts.body !== undefined) {
    init.body = JSON.stringify(parts.body)
    init.headers = { ...init.headers, 'Content-Type': 'application/json' }
  }
  const response = await shopFetch(new Request(`${origin}${path}${queryText(parts.query)}`, init))
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}
