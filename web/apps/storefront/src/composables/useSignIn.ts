import { isMobile, plainMobile } from '@jishi/ui'
import { ref } from 'vue'
import type { Accounts, Progress } from '../api/accounts'
import { useCountdown } from './useCountdown'

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const RESEND_SECONDS = 30

export function isEmail(text: string): boolean {
  return EMAIL.test(text.trim())
}

/** A mainland number in the international writing that the accounts service keeps. */
export function internationalPhone(text: string): string {
  return `+86${plainMobile(text)}`
}

/** What a person typed to name himself: an e-mail address or a mobile number. */
export function identity(text: string): { email: string } | { phone: string } | undefined {
  if (isEmail(text)) return { email: text.trim() }
  if (isMobile(text)) return { phone: internationalPhone(text) }
  return undefined
}

/** The number with its middle hidden, for "we sent a code to …". */
export function maskedPhone(phone: string): string {
  const digits = plainMobile(phone)
  return `${digits.slice(0, 3)}****${digits.slice(-4)}`
}

/**
 * Proving a number by a code: ask for one, wait before asking again, confirm. `send` and `confirm` differ between
 * sign-in and sign-up.
 */
export function usePhoneCode(steps: { send: (phone: string) => Promise<Progress>; resend: () => Promise<Progress>; confirm: (code: string) => Promise<Progress> }) {
  const sentTo = ref('')
  const wait = useCountdown()

  async function send(phone: string): Promise<Progress> {
    const progress = await steps.send(internationalPhone(phone))
    if (!progress.signedIn) {
      sentTo.value = maskedPhone(phone)
      wait.start(RESEND_SECONDS)
    }
    return progress
  }

  async function resend(): Promise<void> {
    await steps.resend()
    wait.start(RESEND_SECONDS)
  }

  function startOver(): void {
    sentTo.value = ''
  }
  return { sentTo, left_seconds: wait.left_seconds, send, resend, confirm: (code: string) => steps.confirm(code.trim()), startOver }
}

/** Sign in by password with an e-mail address or a mobile number. */
export function signInByPassword(accounts: Pick<Accounts, 'signIn'>, login: string, password: string): Promise<Progress> {
  const who = identity(login)
  if (!who) throw new RangeError('neither an e-mail address nor a mobile number')
  return accounts.signIn({ ...who, password })
}

const PASSWORD_CHARACTERS_MIN = 8

/** What is wrong with a new password, as the name of its message; empty when nothing is. */
export function passwordProblem(password: string): '' | 'passwordShort' | 'passwordNumeric' {
  if (password.length < PASSWORD_CHARACTERS_MIN) return 'passwordShort'
  return /^\d+$/.test(password) ? 'passwordNumeric' : ''
}
