import { ref } from 'vue'
import type { ProofKind, Security } from '../api/security'
import { ProveYourself } from '../api/security'

/**
 * Changes of how one signs in: when the shop asks for the password (or a code) once more, `asksFor` opens the question,
 * and once it is answered the change is made as it was meant.
 */
export function useProof(security: Pick<Security, 'reauthenticate'>) {
  const asksFor = ref<ProofKind>()
  let answerTo: ((isProven: boolean) => void) | undefined

  /** Ask for a proof; false when the buyer would not give it. */
  function ask(kind: ProofKind): Promise<boolean> {
    asksFor.value = kind
    return new Promise<boolean>((resolve) => (answerTo = resolve))
  }

  /** Run a change; undefined when the buyer would not prove himself. Raises: Refused, ShopProblem. */
  async function run<Result>(change: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await change()
    } catch (error) {
      if (!(error instanceof ProveYourself)) throw error
      return (await ask(error.kind)) ? await change() : undefined
    }
  }

  function end(isProven: boolean): void {
    asksFor.value = undefined
    answerTo?.(isProven)
    answerTo = undefined
  }

  /** Give the proof. Raises: Refused when it is wrong, ShopProblem; the question stays open then. */
  async function prove(answer: string): Promise<void> {
    await security.reauthenticate(asksFor.value ?? 'password', answer)
    end(true)
  }
  return { asksFor, ask, run, prove, giveUp: () => end(false) }
}

export type Proof = ReturnType<typeof useProof>
