import { ref } from 'vue'
import type { Security } from '../api/accounts'
import { ProveYourself } from '../api/accounts'

/**
 * Changes of how one signs in: when the shop asks for the password once more, `isAsking` opens the question, and once
 * it is answered the change is made as it was meant.
 */
export function useProof(security: Pick<Security, 'reauthenticate'>) {
  const isAsking = ref(false)
  let answerTo: ((isProven: boolean) => void) | undefined

  /** Run a change; undefined when the buyer would not prove himself. Raises: Refused, ShopProblem. */
  async function run<Result>(change: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await change()
    } catch (error) {
      if (!(error instanceof ProveYourself)) throw error
    }
    isAsking.value = true
    const isProven = await new Promise<boolean>((resolve) => (answerTo = resolve))
    return isProven ? await change() : undefined
  }

  function end(isProven: boolean): void {
    isAsking.value = false
    answerTo?.(isProven)
    answerTo = undefined
  }

  /** Answer with the password. Raises: Refused when it is wrong, ShopProblem; the question stays open then. */
  async function prove(password: string): Promise<void> {
    await security.reauthenticate(password)
    end(true)
  }
  return { isAsking, run, prove, giveUp: () => end(false) }
}

export type Proof = ReturnType<typeof useProof>
