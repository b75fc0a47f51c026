import { offlineProblem, problemOf } from './problem'

/** What a connection to the shop needs from its surroundings; all of it is passed in so that tests need no browser. */
export interface ConnectionOptions {
  /** The reader's language now, sent as Accept-Language. */
  language: () => string
  /** `document.cookie` now. */
  cookies: () => string
  /** The fetch of the surroundings. */
  fetch: (request: Request) => Promise<Response>
  /** Absolute base, such as https://shop.example. */
  origin: string
  /** Refusing statuses that the caller reads himself instead of having them thrown. */
  reads?: readonly number[]
}

export type ShopFetch = (request: Request) => Promise<Response>

const CSRF_COOKIE = 'csrftoken'
const CSRF_HEADER = 'X-CSRFToken'
const CSRF_SOURCE = '/_allauth/browser/v1/config'
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The CSRF token in a cookie string, or undefined. */
export function csrfToken(cookies: string): string | undefined {
  const found = cookies.split('; ').find((part) => part.startsWith(`${CSRF_COOKIE}=`))
  return found ? decodeURIComponent(found.slice(CSRF_COOKIE.length + 1)) : undefined
}

/**
 * A fetch that speaks for the shop: language, CSRF token on writes (asked for when there is none yet), and refusals
 * thrown as ShopProblem. Raises: ShopProblem; its code is `offline` when no answer came.
 */
export function connect(options: ConnectionOptions): ShopFetch {
  const token = async (): Promise<string> => {
    const known = csrfToken(options.cookies())
    if (known) return known
    await reach(options.fetch, new Request(`${options.origin}${CSRF_SOURCE}`, { credentials: 'same-origin' }))
    return csrfToken(options.cookies()) ?? ''
  }
  return async (request) => {
    const headers = new Headers(request.headers)
    headers.set('Accept-Language', options.language())
    if (!SAFE_METHODS.has(request.method)) headers.set(CSRF_HEADER, await token())
    const response = await reach(options.fetch, new Request(request, { headers, credentials: 'same-origin' }))
    if (!response.ok && !options.reads?.includes(response.status)) throw await problemOf(response)
    return response
  }
}

async function reach(fetch: ConnectionOptions['fetch'], request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw offlineProblem()
  }
}
