import type { ShopFetch } from '@jishi/api'
import { send } from '@jishi/api'
import type { InjectionKey } from 'vue'
import { inject } from 'vue'

// The browser's side of allauth headless (django-allauth, "headless" specification): sessions live in a cookie.
const BASE = '/_allauth/browser/v1/auth'

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

/** How far a step got: signed in, or the next thing that has to be proven (`verify_phone`, `login_by_code`, …). */
export type Progress = { signedIn: true } | { signedIn: false; pending: string }

interface Flow {
  id: string
  is_pending?: boolean
}

interface Answer<Data = { flows?: Flow[] }> {
  status: number
  data?: Data
  errors?: { param?: string; code: string; message: string }[]
}

/** An e-mail address of an account. */
export interface EmailAddress {
  email: string
  verified: boolean
  primary: boolean
}

/** The shop wants to be sure that it is still the same person: `reauthenticate`, then ask again. */
export class ProveYourself extends Error {}

/** allauth's refusal of what was typed; every entry names its field. */
export class Refused extends Error {
  readonly refusals: Refusal[]

  constructor(refusals: Refusal[]) {
    super(refusals.map(({ message }) => message).join(' '))
    this.name = 'Refused'
    this.refusals = refusals
  }
}

/** Statuses that carry the next step (401) or the refusals (400), so they are read, not thrown. */
export const READ_STATUSES = [400, 401] as const

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
    signOut: () => call('DELETE', '/session'),
  }
}

const OWN = '/_allauth/browser/v1/account'

/** How one signs in, for who is signed in. Raises: Refused, ProveYourself, ShopProblem. */
export function makeSecurity(shopFetch: ShopFetch, origin: string) {
  const call = async <Data>(method: string, path: string, body?: unknown): Promise<Data> =>
    dataOf(await send<Answer<Data>>(shopFetch, origin, method, path, body === undefined ? {} : { body }))
  return {
    reauthenticate: (password: string) => call<unknown>('POST', `${BASE}/reauthenticate`, { password }),
    changePassword: (current_password: string, new_password: string) => call<unknown>('POST', `${OWN}/password/change`, { current_password, new_password }),
    emails: () => call<EmailAddress[]>('GET', `${OWN}/email`),
    addEmail: (email: string) => call<EmailAddress[]>('POST', `${OWN}/email`, { email }),
    /** Ask for the verifying mail again. Raises: ShopProblem (403) when one was sent just now. */
    resendEmail: (email: string) => call<unknown>('PUT', `${OWN}/email`, { email }),
    makePrimary: (email: string) => call<EmailAddress[]>('PATCH', `${OWN}/email`, { email, primary: true }),
    removeEmail: (email: string) => call<EmailAddress[]>('DELETE', `${OWN}/email`, { email }),
    /** Send a code to a new number; `verifyPhone` makes it one's own. */
    changePhone: (phone: string) => call<unknown>('POST', `${OWN}/phone`, { phone }),
    verifyPhone: (code: string) => call<unknown>('POST', `${BASE}/phone/verify`, { code }),
    resendPhone: () => call<unknown>('POST', `${BASE}/phone/verify/resend`),
  }
}

function refused<Data>(answer: Answer<Data>): void {
  if (answer.errors?.length) throw new Refused(answer.errors.map((error) => ({ field: error.param ?? '', code: error.code, message: error.message })))
}

function dataOf<Data>(answer: Answer<Data>): Data {
  refused(answer)
  if (answer.status === 401) throw new ProveYourself()
  return answer.data as Data
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

export type Security = ReturnType<typeof makeSecurity>

export const SECURITY: InjectionKey<Security> = Symbol('security')

export function useSecurity(): Security {
  const found = inject(SECURITY)
  if (!found) throw new Error('the app gives no security')
  return found
}
