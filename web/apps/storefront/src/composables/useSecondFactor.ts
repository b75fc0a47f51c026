import { computed, ref, shallowRef } from 'vue'
import type { Authenticator, Offer, Security } from '../api/security'
import type { Proof } from './useProof'

const CODE = /^\d{6}$/
const GROUP = /.{1,4}/g

/** A secret as people can type it: in groups of four. */
export function grouped(secret: string): string {
  return (secret.match(GROUP) ?? []).join(' ')
}

export function isCode(text: string): boolean {
  return CODE.test(text.replace(/\s/g, ''))
}

/**
 * The second factor of an account: offer a secret, turn it on with the first code, show the recovery codes once, make
 * new ones, turn it off. Steps that need a proof ask for it. Each raises: Refused, ShopProblem.
 */
export function useSecondFactor(
  security: Pick<Security, 'authenticators' | 'hasPassword' | 'offer' | 'turnOn' | 'turnOff' | 'recoveryCodes' | 'renewRecoveryCodes'>,
  proof: Pick<Proof, 'ask' | 'run'>,
) {
  const factors = shallowRef<Authenticator[]>()
  const offer = shallowRef<Offer>()
  const codes = ref<string[]>([])
  const isOn = computed(() => Boolean(factors.value?.some(({ type }) => type === 'totp')))
  const codesLeft = computed(() => factors.value?.find(({ type }) => type === 'recovery_codes')?.unused_code_count ?? 0)

  async function load(): Promise<void> {
    factors.value = await security.authenticators()
  }

  /** Offer a secret. The proof comes first: a code typed before it would be over once it is given. */
  async function begin(): Promise<void> {
    const offered = await security.offer()
    if ((await security.hasPassword()) && !(await proof.ask('password'))) return
    offer.value = offered
  }

  async function confirm(code: string): Promise<boolean> {
    const isDone = await proof.run(async () => {
      await security.turnOn(code.replace(/\s/g, ''))
      return true
    })
    if (!isDone) return false
    offer.value = undefined
    codes.value = await security.recoveryCodes()
    await load()
    return true
  }

  async function renew(): Promise<boolean> {
    const fresh = await proof.run(() => security.renewRecoveryCodes())
    if (!fresh) return false
    codes.value = fresh
    await load()
    return true
  }

  async function turnOff(): Promise<boolean> {
    const isDone = await proof.run(async () => {
      await security.turnOff()
      return true
    })
    if (!isDone) return false
    codes.value = []
    await load()
    return true
  }
  const leave = () => (offer.value = undefined)
  const saved = () => (codes.value = [])
  return { factors, offer, codes, isOn, codesLeft, load, begin, confirm, renew, turnOff, leave, saved }
}
