import type { Consent } from '@jishi/api'
import { rememberChoice } from '@jishi/ui'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useShop } from '../api/shop'

/** What was said on this device, so that nobody is asked, and the shop neither, on every page. */
export const CONSENT_COOKIE = 'jishi_behaviour'

/** Whether the browser itself asks not to be followed: then nothing is asked, and nothing reported. */
export function asksNotToBeFollowed(browser: { doNotTrack?: string | null; globalPrivacyControl?: boolean }): boolean {
  return browser.globalPrivacyControl === true || browser.doNotTrack === '1'
}

/** What somebody says about his behaviour being kept; undefined until it is known. */
export const useConsent = defineStore('consent', () => {
  const shop = useShop()
  const consent = ref<Consent>()

  function settle(answer: Consent): void {
    consent.value = answer
    if (answer.allowed !== null) rememberChoice(document, CONSENT_COOKIE, answer.allowed ? 'yes' : 'no')
  }

  const learn = async () => settle(await shop.consent())
  const say = async (allowed: boolean) => settle(await shop.sayConsent(allowed))

  return {
    consent,
    isAllowed: computed(() => consent.value?.allowed === true && !consent.value.signal),
    isUnasked: computed(() => consent.value?.allowed === null && !consent.value.signal),
    learn,
    say,
  }
})
