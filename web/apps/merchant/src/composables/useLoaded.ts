import { shallowRef } from 'vue'

/** One thing that a page shows. A failure keeps what is shown; the page offers to try again. */
export function useLoaded<Thing>(ask: () => Promise<Thing>) {
  const value = shallowRef<Thing>()
  const problem = shallowRef<unknown>()

  async function load(): Promise<void> {
    problem.value = undefined
    try {
      value.value = await ask()
    } catch (error) {
      problem.value = error
    }
  }

  void load()
  return { value, problem, load }
}
