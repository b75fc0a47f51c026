import type { Kept } from '@jishi/api'
import { shallowRef } from 'vue'
import type { Shop } from '../api/shop'

/** What is kept of somebody's behaviour, and the way to erase it. */
export function usePrivacy(shop: Pick<Shop, 'keptBehaviour' | 'eraseBehaviour' | 'forgetViews'>) {
  const kept = shallowRef<Kept>()

  async function load(): Promise<void> {
    kept.value = await shop.keptBehaviour()
  }

  /** Erase all events, and what was looked at lately when that is wanted too. Raises: ShopProblem. */
  async function erase(historyToo: boolean): Promise<void> {
    await shop.eraseBehaviour()
    if (historyToo) await shop.forgetViews()
    await load()
  }
  return { kept, load, erase }
}
