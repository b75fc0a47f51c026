import { ref } from 'vue'
import { useProblemText } from './useProblemText'

/** Something that may be refused: busy while it runs, `failure` says what went wrong. */
export function useAttempt() {
  const textOf = useProblemText()
  const failure = ref('')
  const isBusy = ref(false)
  async function attempt(run: () => Promise<unknown>): Promise<void> {
    failure.value = ''
    isBusy.value = true
    try {
      await run()
    } catch (error) {
      failure.value = textOf(error)
    } finally {
      isBusy.value = false
    }
  }
  return { failure, isBusy, attempt }
}
