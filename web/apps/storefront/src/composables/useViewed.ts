import { ShopProblem } from '@jishi/api'
import { onMounted, onScopeDispose } from 'vue'
import { useShop } from '../api/shop'

const CRAWLERS = /bot\b|crawl|spider|slurp|lighthouse|preview|facebookexternalhit/i

/** Programs that read pages for search engines and link previews. */
export function isCrawler(agent: string): boolean {
  return CRAWLERS.test(agent)
}

/** Remember a product that somebody opened, once its page stands and has been in view for a moment. */
export function useViewed(productId: () => string | undefined, wait_ms = 1000): void {
  const shop = useShop()
  let timer: ReturnType<typeof setTimeout> | undefined

  async function remember(): Promise<void> {
    const id = productId()
    if (!id || document.visibilityState !== 'visible') return
    try {
      await shop.addView(id)
    } catch (error) {
      // Nobody asked for it, so nobody is told that it failed.
      if (!(error instanceof ShopProblem)) throw error
    }
  }

  onMounted(() => {
    if (!isCrawler(navigator.userAgent)) timer = setTimeout(() => void remember(), wait_ms)
  })
  onScopeDispose(() => clearTimeout(timer))
}
