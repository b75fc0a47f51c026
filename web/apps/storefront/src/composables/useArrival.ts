import { useToasts } from '@jishi/ui'
import { useRoute, useRouter } from 'vue-router'
import { useCart } from '../stores/cart'
import { safeNext, useSession } from '../stores/session'

/** What happens once somebody is signed in: learn who it is, take the cart along, go where he wanted to. */
export function useArrival() {
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const cart = useCart()
  const { show } = useToasts()
  return async (said: string): Promise<void> => {
    await session.refresh()
    void cart.load().catch(() => undefined)
    show({ text: said, tone: 'good' })
    await router.replace(safeNext(route.query.next))
  }
}
