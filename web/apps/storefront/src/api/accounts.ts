import type { ShopFetch } from '@jishi/api'
import { send, ShopProblem } from '@jishi/api'
import type { InjectionKey } from 'vue'
import { inject } from 'vue'

// The browser's side of allauth headless (django-allauth, "headless" specification): sessions live in a cookie.
export const BASE = '/_allauth/browser/v1/auth'

/** The step of a sign-in that asks for a code of the authenticator. */
export const SECOND_FACTOR = 'mfa_authenticate'

/** A field the server refused, with its words. */
export interface Refusal {
  field: string
  code: string
  message: string
}

export interface SignUpWish {
  email?: string
  phone?: string
  password?: string
}

/** How far a step got: signed in, or the next thing that has to be proven (`verify_phone`, `login_by_code`, `mfa_authenticate`, …). */
export type Progress = { signedIn: true } | { signedIn: false; pending: string }

export interface Flow {
  id: string
  is_pending?: boolean
}

export interface Answer<Data = { flows?: Flow[] }> {
  status: number
  data?: Data
  meta?: unknown
  code?: string
  detail?: string
  errors?: { param?: string; code: string; message: string }[]
}

/** allauth's refusal of what was typed; every entry names its field. */
export class Refused extends Error {
  readonly refusals: Refusal[]

  constructor(refusals: Refusal[]) {
    super(refusals.map(({ message }) => message).join(' '))
    this.name = 'Refused'
    this.refusals = refusals
  }
}

/** Statuses that carry the next step (401), refusals (400, 409) or what could be there (404): read here, not thrown. */
export const READ_STATUSES = [400, 401, 404, 409] as const

/** Sign-in, sign-up and codes, over a fetch that does not throw READ_STATUSES. Raises: Refused, ShopProblem. */
export function makeAccounts(shopFetch: ShopFetch, origin: string) {
  const call = async (method: string, path: string, body?: unknown): Promise<Progress> =>
    progressOf(await send<Answer>(shopFetch, origin, method, `${BASE}${path}`, body === undefined ? {} : { body }))
  return {
    signIn: (wish: { email?: string; phone?: string; password: string }) => call('POST', '/login', wish),
    requestCode: (wish: { email?: string; phone?: string }) => call('POST', '/code/request', wish),
    resendCode: () => call('POST', '/code/resend'),
    confirmCode: (code: string) => call('POST', '/code/confirm', { code }),
    signUp: (wish: SignUpWish) => call('POST', '/signup', wish),
    verifyPhone: (code: string) => call('POST', '/phone/verify', { code }),
    resendPhone: () => call('POST', '/phone/verify/resend'),
    verifyEmail: (key: string) => call('POST', '/email/verify', { key }),
    requestPasswordReset: (email: string) => call('POST', '/password/request', { email }),
    resetPassword: (key: string, password: string) => call('POST', '/password/reset', { key, password }),
    /** The second step of a sign-in: what an authenticator shows now, or a recovery code. */
    confirmSecondFactor: (code: string) => call('POST', '/2fa/authenticate', { code }),
    signOut: () => call('DELETE', '/session'),
  }
}

/** Throw what an answer refuses. Raises: Refused, ShopProblem. */
export function refused(answer: Answer<unknown>): void {
  if (answer.errors?.length) throw new Refused(answer.errors.map((error) => ({ field: error.param ?? '', code: error.code, message: error.message })))
  if (answer.status !== 404 && answer.status !== 409) return
  const { status, code = status === 409 ? 'conflict' : 'not_found', detail } = answer
  throw new ShopProblem(detail ? { status, code, detail } : { status, code })
}

function progressOf(answer: Answer): Progress {
  refused(answer)
  if (answer.status === 200) return { signedIn: true }
  const pending = answer.data?.flows?.find((flow) => flow.is_pending)?.id
  return { signedIn: false, pending: pending ?? '' }
}

export type Accounts = ReturnType<typeof makeAccounts>

export const ACCOUNTS: InjectionKey<Accounts> = Symbol('accounts')

export function useAccounts(): Accounts {
  const found = inject(ACCOUNTS)
  if (!found) throw new Error('the app gives no accounts')
  return found
}
