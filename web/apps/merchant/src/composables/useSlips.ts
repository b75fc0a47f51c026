import { shallowRef } from 'vue'
import type { MerchantOrder } from '../api/types'
import { pooled } from './bulk'

/** Read the orders of several slips, a few at once, in the order that was asked; those that cannot be read are kept apart. */
export function useSlips(ids: readonly string[], ask: (id: string) => Promise<MerchantOrder>) {
  const orders = shallowRef<MerchantOrder[]>()
  const problem = shallowRef<unknown>()
  const missing = shallowRef<string[]>([])

  async function load(): Promise<void> {
    problem.value = undefined
    const found = new Map<string, MerchantOrder>()
    const failures: unknown[] = []
    await pooled(ids, async (id) => {
      try {
        found.set(id, await ask(id))
      } catch (error) {
        failures.push(error)
      }
    })
    missing.value = ids.filter((id) => !found.has(id))
    if (found.size > 0 || ids.length === 0) orders.value = ids.flatMap((id) => found.get(id) ?? [])
    else problem.value = failures[0]
  }

  void load()
  return { orders, problem, missing, load }
}
