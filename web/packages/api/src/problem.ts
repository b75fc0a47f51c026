/** The body of an `application/problem+json` answer (RFC 9457) with our stable `code`. */
export interface Problem {
  type?: string
  title?: string
  status: number
  code: string
  detail?: string
  field?: string | null
  data?: Record<string, unknown> | null
}

/** Something the shop refused or could not do; `code` is stable, `message` is for people. */
export class ShopProblem extends Error {
  readonly problem: Problem
  readonly retryAfterSeconds: number | undefined

  constructor(problem: Problem, retryAfterSeconds?: number) {
    super(problem.detail ?? problem.title ?? problem.code)
    this.name = 'ShopProblem'
    this.problem = problem
    this.retryAfterSeconds = retryAfterSeconds
  }

  get code(): string {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }
}

/** The network did not answer at all: nothing is known about what happened on the other side. */
export const OFFLINE = 'offline'

/** True for a problem with this code. */
export function hasCode(error: unknown, ...codes: string[]): error is ShopProblem {
  return error instanceof ShopProblem && codes.includes(error.code)
}

const PLAIN_CODES: Record<number, string> = {
  401: 'sign_in_needed',
  403: 'not_allowed',
  404: 'not_found',
  413: 'too_large',
  429: 'too_fast',
}

/** Read a refusing answer as a problem, whatever its body is. */
export async function problemOf(response: Response): Promise<ShopProblem> {
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN)
  const seconds = Number.isFinite(retryAfter) ? retryAfter : undefined
  const body = await jsonOf(response)
  if (isProblem(body)) return new ShopProblem({ ...body, status: response.status }, seconds)
  return new ShopProblem({ status: response.status, code: PLAIN_CODES[response.status] ?? 'error' }, seconds)
}

/** The problem of a request that never got an answer. */
export function offlineProblem(): ShopProblem {
  return new ShopProblem({ status: 0, code: OFFLINE })
}

async function jsonOf(response: Response): Promise<unknown> {
  if (!/\bjson\b/.test(response.headers.get('Content-Type') ?? '')) return undefined
  try {
    return await response.json()
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && typeof (body as Problem).code === 'string'
}
