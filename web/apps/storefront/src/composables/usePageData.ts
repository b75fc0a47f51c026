import { ShopProblem } from '@jishi/api'
import type { ComputedRef, Ref } from 'vue'
import { computed, ref, shallowRef, watch } from 'vue'
import { usePageMemory } from '../pageMemory'
import { useFirstData } from '../state'

export interface PageData<T> {
  /** The answer; while another one is on its way the old one stays. */
  data: Ref<T | undefined>
  problem: Ref<ShopProblem | undefined>
  isLoading: Ref<boolean>
  /** What was asked for does not exist. */
  isGone: ComputedRef<boolean>
  reload: () => Promise<void>
}

const isServer = typeof window === 'undefined'

const returned = (data: unknown) => (data === undefined ? undefined : { data, status: 200 })

/** Turn whatever was thrown into a problem; what is no problem of the shop's is a mistake of ours and is thrown on. */
function asProblem(error: unknown): ShopProblem {
  if (error instanceof ShopProblem) return error
  throw error
}

/**
 * The data of a page: what the server wrote into it, else what `load` brings. `key` says for which place; when it
 * changes the data is loaded again. The server itself loads nothing: it is given the data. What `isPublic` is shown as
 * it was when the buyer comes back to it; what is of one person is always asked for anew.
 */
export function usePageData<T>(load: () => Promise<T>, key: () => string, { isPublic = false } = {}): PageData<T> {
  const memory = usePageMemory()
  const recall = () => (isPublic ? (memory.recall() as T | undefined) : undefined)
  const keep = (place: string, answer: T | undefined) => {
    if (isPublic && answer !== undefined) memory.keep(place, answer)
  }
  const first = useFirstData().take() ?? returned(recall())
  const data = shallowRef<T | undefined>((first?.data ?? undefined) as T | undefined)
  const problem = shallowRef<ShopProblem | undefined>(first && first.status !== 200 ? new ShopProblem({ status: first.status, code: 'not_found' }) : undefined)
  const isLoading = ref(!first)
  let turn = 0

  async function reload(): Promise<void> {
    turn += 1
    const mine = turn
    const place = memory.here()
    isLoading.value = true
    try {
      const answer = await load()
      if (mine !== turn) return
      show(answer)
      keep(place, answer)
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    } finally {
      if (mine === turn) isLoading.value = false
    }
  }

  function show(answer: T): void {
    data.value = answer
    problem.value = undefined
  }

  function move(): void {
    const before = recall()
    if (before === undefined) return void reload()
    turn += 1
    isLoading.value = false
    show(before)
  }

  if (!isServer) {
    // After the page's setup: what `load` uses may be made further down in it.
    if (!first) queueMicrotask(() => void reload())
    else keep(memory.here(), data.value)
    watch(key, move)
  }
  return { data, problem, isLoading, isGone: computed(() => problem.value?.status === 404), reload }
}
