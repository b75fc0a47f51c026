import { hasCode, ShopProblem } from '@jishi/api'
import { shallowRef } from 'vue'

/** So long nothing is typed before a draft is saved by itself. */
export const REST_MS = 2_000
const RETRY_FIRST_MS = 4_000
const RETRY_MAX_MS = 60_000

/** How the saving stands; `missing` names the field that it waits for, `words` say why the shop refused. */
export type SaveState =
  | { step: 'quiet' | 'saving' | 'retrying' | 'conflict' }
  | { step: 'saved'; at: Date }
  | { step: 'waiting'; missing: string }
  | { step: 'refused'; words: string }

export interface Autosave<Draft> {
  /** What is being written, now. */
  read: () => Draft
  /** Send it; answers what it is once it was kept. Raises: ShopProblem. */
  write: (draft: Draft) => Promise<Draft>
  /** The field that keeps it from being saved, if there is one. */
  missing: (draft: Draft) => string | undefined
}

/** Whether trying the same again can help: nobody answered, or the shop was busy. */
export const isPassing = (problem: ShopProblem) => problem.status === 0 || problem.status === 429 || problem.status >= 500

/** Save a draft by itself once typing rests, one save at a time, and again until it worked or was refused. */
export function useAutosave<Draft>({ read, write, missing }: Autosave<Draft>) {
  const state = shallowRef<SaveState>({ step: 'quiet' })
  let settled = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  let failures = 0

  const textOf = (draft: Draft) => JSON.stringify(draft)
  const isDirty = () => textOf(read()) !== settled

  function schedule(rest_ms: number): void {
    stop()
    timer = setTimeout(() => void flush(), rest_ms)
  }
  const stop = () => clearTimeout(timer)

  /** What is read now is what the shop has. */
  function settle(): void {
    stop()
    settled = textOf(read())
    failures = 0
    state.value = { step: 'quiet' }
  }

  /** Something was typed. */
  function changed(): void {
    if (state.value.step !== 'conflict' && isDirty()) schedule(REST_MS)
  }

  /** Save what is new. Raises: ShopProblem, once the state says so. */
  async function save({ isForced = false } = {}): Promise<void> {
    stop()
    await running?.catch(() => undefined)
    if (!isForced && !isDirty()) return
    running = attempt().finally(() => (running = undefined))
    await running
  }

  async function attempt(): Promise<void> {
    const draft = read()
    const lacking = missing(draft)
    if (lacking) return void (state.value = { step: 'waiting', missing: lacking })
    state.value = { step: 'saving' }
    try {
      settled = textOf(await write(draft))
    } catch (error) {
      if (error instanceof ShopProblem) failed(error)
      throw error
    }
    failures = 0
    state.value = { step: 'saved', at: new Date() }
    changed()
  }

  function failed(problem: ShopProblem): void {
    const words = problem.message
    if (isPassing(problem)) {
      state.value = { step: 'retrying' }
      schedule(Math.max((problem.retryAfterSeconds ?? 0) * 1_000, Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_MAX_MS)))
      failures += 1
    } else state.value = hasCode(problem, 'product_changed') ? { step: 'conflict' } : { step: 'refused', words }
  }

  /** Save now what is new, unless another's version stands in the way; a refusal is told by the state alone. */
  async function flush(): Promise<void> {
    if (state.value.step === 'conflict') return
    try {
      await save()
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
    }
  }
  return { state, isDirty, settle, changed, save, flush, stop }
}
