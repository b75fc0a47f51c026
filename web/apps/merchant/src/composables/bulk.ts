import { ref } from 'vue'

/** So many requests of one piece of bulk work run beside each other. */
export const AT_ONCE = 4

/** How far the work on one thing is; `words` say why it failed. */
export interface Outcome {
  step: 'running' | 'done' | 'failed'
  words?: string
}

/** Do the work for every item, a few at once, and wait for all. `work` itself must not throw. */
export async function pooled<Item>(items: readonly Item[], work: (item: Item) => Promise<void>, atOnce = AT_ONCE): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
}

/**
 * The same work for many things. One that fails stops no other and says why; running again does only what is not done.
 * `explain` turns a refusal into words and throws what is no refusal; that surfaces once all others have ended.
 */
export function useBulk<Item>(keyOf: (item: Item) => string, work: (item: Item) => Promise<unknown>, explain: (error: unknown) => string) {
  const outcomes = ref<Record<string, Outcome>>({})
  const isRunning = ref(false)
  const count = (step: Outcome['step']) => Object.values(outcomes.value).filter((one) => one.step === step).length
  const isDone = (item: Item) => outcomes.value[keyOf(item)]?.step === 'done'

  async function run(items: readonly Item[]): Promise<void> {
    if (isRunning.value) return
    isRunning.value = true
    const unforeseen: unknown[] = []
    await pooled(items.filter((item) => !isDone(item)), async (item) => {
      const key = keyOf(item)
      outcomes.value[key] = { step: 'running' }
      try {
        await work(item)
        outcomes.value[key] = { step: 'done' }
      } catch (error) {
        outcomes.value[key] = { step: 'failed', words: wordsFor(error, unforeseen) }
      }
    })
    isRunning.value = false
    if (unforeseen.length > 0) throw unforeseen[0]
  }

  function wordsFor(error: unknown, unforeseen: unknown[]): string {
    try {
      return explain(error)
    } catch (thrown) {
      unforeseen.push(thrown)
      return String(thrown)
    }
  }

  const reset = () => (outcomes.value = {})
  return { outcomes, isRunning, run, reset, count }
}
