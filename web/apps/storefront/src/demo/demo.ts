import type { InjectionKey } from 'vue'
import { inject } from 'vue'

/** Somebody whose part a visitor of the demo may play. */
export interface SampleAccount {
  face: 'store' | 'merchant'
  role: 'buyer' | 'owner' | 'warehouse' | 'finance'
  login: string
  name: string
}

/** What only a demo market tells its pages. */
export interface Demo {
  password: string
  accounts: SampleAccount[]
}

export const DEMO: InjectionKey<Demo | null> = Symbol('demo')

/** The demo that this market is, or null when it is a real one. */
export function useDemo(): Demo | null {
  return inject(DEMO, null)
}

/** Whose parts make sense at the place that somebody signs in for. */
export function sampleAccounts(demo: Demo | null, next: unknown): SampleAccount[] {
  const face = typeof next === 'string' && next.startsWith('/merchant') ? 'merchant' : 'store'
  return demo?.accounts.filter((account) => account.face === face) ?? []
}
