import type { Locale } from '@jishi/ui'
import type { InjectionKey } from 'vue'
import { inject } from 'vue'
import type { Demo } from './demo/demo'

/** What the server wrote into the page: where it is, in which language, and the answers its first view needs. */
export interface InitialState {
  locale: Locale
  /** Path and query without the language prefix; the data is for this place only. */
  url: string
  /** The data of the page component, or null for a page that loads its own. */
  data: unknown
  /** 404 when the thing asked for does not exist. */
  status: number
  /** True when the server drew the page, so that the browser takes it over instead of drawing it anew. */
  is_rendered: boolean
  /** In a demo: what opens a WeChat Pay code without a phone, up to the code itself. */
  scanner?: string | null
  /** Only in a demo. */
  demo?: Demo | null
}

/** The initial state, handed out once, to the first page: a later visit of the same place asks the API again. */
export interface FirstData {
  take: () => { data: unknown; status: number } | undefined
}

export function firstData(state: InitialState): FirstData {
  let left = state.data !== null || state.status !== 200
  return {
    take: () => {
      if (!left) return undefined
      left = false
      return { data: state.data, status: state.status }
    },
  }
}

export const FIRST_DATA: InjectionKey<FirstData> = Symbol('first-data')

export const SCANNER: InjectionKey<string | null> = Symbol('scanner')

export function useFirstData(): FirstData {
  const found = inject(FIRST_DATA)
  if (!found) throw new Error('the app gives no first data')
  return found
}
