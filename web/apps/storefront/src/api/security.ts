import type { ShopFetch } from '@jishi/api'
import { send, ShopProblem } from '@jishi/api'
import type { InjectionKey } from 'vue'
import { inject } from 'vue'
import type { Answer, Flow } from './accounts'
import { BASE, refused } from './accounts'

const OWN = '/_allauth/browser/v1/account'
const TOTP = `${OWN}/authenticators/totp`
const RECOVERY = `${OWN}/authenticators/recovery-codes`

/** An e-mail address of an account. */
export interface EmailAddress {
  email: string
  verified: boolean
  primary: boolean
}

/** A second factor of an account. */
export interface Authenticator {
  type: 'totp' | 'recovery_codes'
  unused_code_count?: number
}

/** What an authenticator app is given: the secret, and the same as an address for its camera. */
export interface Offer {
  secret: string
  totp_url: string
}

/** Somewhere an account is signed in; the instant in seconds since 1970. */
export interface Device {
  id: number
  user_agent: string
  ip: string
  created_at: number
  is_current: boolean
}

/** How somebody can show that it is still him. */
export type ProofKind = 'password' | 'code'

const PROOFS: Record<string, ProofKind> = { reauthenticate: 'password', mfa_reauthenticate: 'code' }

/** The shop wants to be sure that it is still the same person: prove it as `kind` says, then ask again. */
export class ProveYourself extends Error {
  readonly kind: ProofKind

  constructor(kind: ProofKind) {
    super(kind)
    this.name = 'ProveYourself'
    this.kind = kind
  }
}

/** How one signs in, for who is signed in. Raises: Refused, ProveYourself, ShopProblem. */
export function makeSecurity(shopFetch: ShopFetch, origin: string) {
  const ask = <Data>(method: string, path: string, body?: unknown) => send<Answer<Data>>(shopFetch, origin, method, path, body === undefined ? {} : { body })
  const call = async <Data>(method: string, path: string, body?: unknown): Promise<Data> => dataOf(await ask<Data>(method, path, body))
  return {
    reauthenticate: (kind: ProofKind, answer: string) =>
      kind === 'password' ? call<unknown>('POST', `${BASE}/reauthenticate`, { password: answer }) : call<unknown>('POST', `${BASE}/2fa/reauthenticate`, { code: answer }),
    hasPassword: async () => (await call<{ user: { has_usable_password: boolean } }>('GET', `${BASE}/session`)).user.has_usable_password,
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
    authenticators: () => call<Authenticator[]>('GET', `${OWN}/authenticators`),
    /** A new secret for an authenticator app; it counts once `turnOn` was told what the app shows. */
    offer: async (): Promise<Offer> => {
      const answer = await ask<unknown>('GET', TOTP)
      if (answer.status === 404 && answer.meta) return answer.meta as Offer
      refused(answer)
      throw new ShopProblem({ status: answer.status, code: 'conflict' })
    },
    turnOn: (code: string) => call<unknown>('POST', TOTP, { code }),
    turnOff: () => call<unknown>('DELETE', TOTP),
    /** The recovery codes not used yet; they are shown once, afterwards there are none here. */
    recoveryCodes: async () => (await call<{ unused_codes?: string[] }>('GET', RECOVERY)).unused_codes ?? [],
    renewRecoveryCodes: async () => (await call<{ unused_codes: string[] }>('POST', RECOVERY, {})).unused_codes,
    devices: () => call<Device[]>('GET', `${BASE}/sessions`),
    signOutOf: (sessions: number[]) => call<Device[]>('DELETE', `${BASE}/sessions`, { sessions }),
  }
}

function dataOf<Data>(answer: Answer<Data>): Data {
  refused(answer)
  if (answer.status !== 401) return answer.data as Data
  const flows = (answer.data as { flows?: Flow[] } | undefined)?.flows ?? []
  const kind = Object.entries(PROOFS).find(([id]) => flows.some((flow) => flow.id === id))?.[1]
  throw kind ? new ProveYourself(kind) : new ShopProblem({ status: 401, code: 'sign_in_needed' })
}

export type Security = ReturnType<typeof makeSecurity>

export const SECURITY: InjectionKey<Security> = Symbol('security')

export function useSecurity(): Security {
  const found = inject(SECURITY)
  if (!found) throw new Error('the app gives no security')
  return found
}
