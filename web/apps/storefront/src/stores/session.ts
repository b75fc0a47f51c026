import type { Me } from '@jishi/api'
import { hasCode } from '@jishi/api'
import { cookieValue } from '@jishi/ui'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { RouteLocationNormalized, Router } from 'vue-router'
import { useAccounts } from '../api/accounts'
import { useShop } from '../api/shop'

// A hint that somebody may be signed in, so that a visitor's pages do not ask in vain. The session itself is a cookie
// that scripts cannot read.
const HINT = 'jishi_known'
const HINT_SECONDS = 30 * 24 * 60 * 60

function hint(isKnown: boolean): void {
  document.cookie = `${HINT}=${isKnown ? '1' : ''}; path=/; samesite=lax; max-age=${isKnown ? HINT_SECONDS : 0}`
}

/** A path inside the shop from a `next` parameter; anything that could lead elsewhere becomes the home page. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'
}

/** Who is here: undefined while unknown, null for a visitor. */
export const useSession = defineStore('session', () => {
  const shop = useShop()
  const accounts = useAccounts()
  const me = ref<Me | null>()
  let asking: Promise<Me | null> | undefined

  async function ask(): Promise<Me | null> {
    try {
      me.value = await shop.me()
      hint(true)
    } catch (error) {
      if (!hasCode(error, 'sign_in_needed')) throw error
      me.value = null
      hint(false)
    }
    return me.value
  }

  /** Who is here, asked once; `sure` asks even when the hint says nobody. Raises: ShopProblem when it cannot be known. */
  function known(sure = false): Promise<Me | null> {
    if (me.value) return Promise.resolve(me.value)
    if (!sure && cookieValue(document.cookie, HINT) !== '1') {
      me.value = null
      return Promise.resolve(null)
    }
    asking ??= ask().finally(() => (asking = undefined))
    return asking
  }

  /** Learn anew who is here, after a sign-in or a change of the profile. */
  function refresh(): Promise<Me | null> {
    me.value = undefined
    hint(true)
    return known(true)
  }

  async function signOut(): Promise<void> {
    await accounts.signOut()
    hint(false)
    me.value = null
  }

  /** Send whoever is not signed in away from account pages, and bring him back afterwards. */
  function guard(router: Router): void {
    const check = async (to: RouteLocationNormalized) => {
      if (!to.meta.account || (await known(true))) return true
      return { name: 'sign-in', query: { next: to.fullPath } }
    }
    router.beforeEach(check)
    // The first page was drawn before anybody was asked.
    const first = router.currentRoute.value
    void check(first).then((verdict) => (verdict === true ? undefined : router.replace(verdict)))
  }

  return { me, isSignedIn: computed(() => Boolean(me.value)), known, refresh, signOut, guard }
})
