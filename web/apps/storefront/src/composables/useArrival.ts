import { useToasts } from '@jishi/ui'
import { useRoute, useRouter } from 'vue-router'
import { useCart } from '../stores/cart'
import { safeNext, useSession } from '../stores/session'

/** A path of another face of the shop: the browser has to load it anew. */
export function isOtherFace(path: string): boolean {
  return /^\/(merchant|admin)(\/|$)/.test(path)
}

/** What happens once somebody is signed in: learn who it is, take the cart along, go where he wanted to. */
export function useArrival() {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const cart = useCart()
  const { show } = useToasts()
  return async (said: string): Promise<void> => {
    const next = safeNext(route.query.next)
    if (isOtherFace(next)) return location.assign(next)
    await session.refresh()
    void cart.load().catch(() => undefined)
    show({ text: said, tone: 'good' })
    await router.replace(next)
  }
}
