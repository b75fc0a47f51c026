import { ShopProblem } from '@jishi/api'
import { onScopeDispose } from 'vue'
import type { RouteLocationNormalized } from 'vue-router'
import { useRouter } from 'vue-router'
import { useShop } from '../api/shop'
import { SHARED } from '../composables/useShare'
import { useCart } from '../stores/cart'
import type { Whence } from './cards'
import { watchCards } from './cards'
import type { Told } from './gatherer'
import { makeGatherer, randomId } from './gatherer'
import type { Place } from './visits'
import { makeVisits } from './visits'

const ASK_AGAIN_FROM = 500

export function placeAt(route: RouteLocationNormalized): Place {
  const page = String(route.name ?? '')
  const words = page === 'search' && typeof route.query.q === 'string' ? route.query.q.trim() : ''
  return { page, ...(page === 'product' ? { product: String(route.params.id) } : {}), ...(words ? { words } : {}) }
}

/** Report what is done on the pages, from now until the scope ends. Only to be called for who has said yes. */
export function useReporting(root: HTMLElement): void {
  const shop = useShop()
  const router = useRouter()
  const cart = useCart()
  const gatherer = makeGatherer({
    send: async (events) => {
      try {
        await shop.reportBehaviour(events)
        return true
      } catch (error) {
        if (!(error instanceof ShopProblem)) throw error
        return error.status !== 0 && error.status !== 429 && error.status < ASK_AGAIN_FROM
      }
    },
    now: () => performance.now(),
    newId: randomId,
    later: (run, ms) => void setTimeout(run, ms),
  })
  // Whence somebody came to a product is said again when he puts it in the cart.
  const whence = new Map<string, Whence>()
  const tell = (event: Told) => {
    const { kind, product_id, placement, model, arm, position } = event
    if (kind === 'click' && product_id) whence.set(product_id, { product_id, placement, model, arm, position })
    gatherer.tell(event)
  }
  const visits = makeVisits(tell, () => performance.now())
  const here = () => placeAt(router.currentRoute.value)

  function changed(): void {
    if (document.visibilityState === 'visible') return visits.back()
    visits.away()
    void gatherer.flush()
  }

  visits.went(here())
  const ends = [
    router.afterEach(() => visits.went(here())),
    watchCards(root, () => here().page, tell),
    cart.$onAction(({ name, after }) => {
      const { product } = here()
      if (name === 'add' && product) after(() => tell({ kind: 'add', ...whence.get(product), product_id: product }))
    }),
  ]
  const shared = (event: Event) => tell({ kind: 'share', product_id: (event as CustomEvent<string>).detail })
  document.addEventListener('visibilitychange', changed)
  document.addEventListener(SHARED, shared)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', changed)
    document.removeEventListener(SHARED, shared)
    for (const end of ends) end()
    gatherer.forget()
  })
}
