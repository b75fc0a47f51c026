import type { ShopFetch } from '@jishi/api'
import { hasCode, send } from '@jishi/api'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { MerchantProfile } from '../api/types'

const SIGN_IN = '/sign-in'

/** Where somebody without a session signs in, to come back to `path` of the merchant centre. */
export function signInAddress(path: string): string {
  return `${SIGN_IN}?next=${encodeURIComponent(`/merchant${path}`)}`
}

/** How a first look at the merchant's own profile can end. */
export type Entry = 'open' | 'sign-in' | 'no-store'

/** The store that is worked for, known once its profile was read. */
export const useStore = defineStore('store', () => {
  const profile = ref<MerchantProfile>()
  /** What whoever is signed in does for the store. */
  const role = computed(() => profile.value?.role)

  /** Read the profile once. Raises: ShopProblem for anything but missing sign-in or membership. */
  async function enter(read: () => Promise<MerchantProfile>): Promise<Entry> {
    if (profile.value) return 'open'
    try {
      profile.value = await read()
      return 'open'
    } catch (error) {
      if (hasCode(error, 'sign_in_needed')) return 'sign-in'
      if (hasCode(error, 'not_allowed')) return 'no-store'
      throw error
    }
  }

  async function signOut(accountsFetch: ShopFetch, origin: string): Promise<void> {
    await send(accountsFetch, origin, 'DELETE', '/_allauth/browser/v1/auth/session')
    profile.value = undefined
  }

  return { profile, role, enter, signOut }
})
