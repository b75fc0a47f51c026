import type { Admission, AdmissionWish, Challenge } from '@jishi/api'
import { onScopeDispose, ref } from 'vue'

export interface GateOptions {
  shop: { flashChallenge: (id: string) => Promise<Challenge>; enterFlash: (id: string, wish: AdmissionWish) => Promise<Admission> }
  prove: (asked: Challenge) => Promise<number>
  /** Called with the token once the gate lets in. */
  admitted: (id: string, token: string) => void
  refused: (error: unknown) => void
}

/** Who queues at which item: his place and the estimate, as far as they are known. */
export interface Queueing {
  item: string
  place: number | null
  wait_seconds: number | null
}

/** The gate takes nobody who answers faster than people press buttons. */
const PRESS_MS = 400

/** Stand at the gate of one item at a time, and ask again as long as the page is open. */
export function useFlashGate({ shop, prove, admitted, refused }: GateOptions) {
  const queueing = ref<Queueing>()
  const soldOut = ref(new Set<string>())
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  function leave(): void {
    turn += 1
    clearTimeout(timer)
    queueing.value = undefined
  }

  async function enter(item: string): Promise<void> {
    leave()
    const mine = turn
    queueing.value = { item, place: null, wait_seconds: null }
    try {
      const asked = await shop.flashChallenge(item)
      const shownAt = performance.now()
      const wish = { challenge: asked.challenge, nonce: await prove(asked) }
      if (mine === turn) timer = setTimeout(() => void ask(mine, item, wish), Math.max(0, PRESS_MS - (performance.now() - shownAt)))
    } catch (error) {
      fail(mine, error)
    }
  }

  async function ask(mine: number, item: string, wish: AdmissionWish): Promise<void> {
    try {
      const answer = await shop.enterFlash(item, wish)
      if (mine !== turn) return
      if (answer.state === 'queued') {
        queueing.value = { item, place: answer.place, wait_seconds: answer.wait_seconds }
        timer = setTimeout(() => void ask(mine, item, wish), answer.ask_again_seconds * 1000)
        return
      }
      leave()
      if (answer.token) admitted(item, answer.token)
      else soldOut.value = new Set([...soldOut.value, item])
    } catch (error) {
      fail(mine, error)
    }
  }

  function fail(mine: number, error: unknown): void {
    if (mine !== turn) return
    leave()
    refused(error)
  }

  onScopeDispose(leave)
  return { queueing, soldOut, enter, leave }
}
