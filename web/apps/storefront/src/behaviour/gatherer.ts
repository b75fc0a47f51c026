import type { BehaviourEvent } from '@jishi/api'

/** What somebody did, before it has an id and an age. */
export type Told = Omit<BehaviourEvent, 'event_id' | 'age_ms'>

export const BATCH_MAX = 50
/** What cannot be sent waits; more than this is not worth keeping. */
export const WAITING_MAX = 200
const PAUSE_MS = 5_000

export interface Surroundings {
  /** Send a batch. Resolves to false when it should be tried again. */
  send: (events: BehaviourEvent[]) => Promise<boolean>
  now: () => number
  newId: () => string
  later: (run: () => void, ms: number) => void
}

/** Gathers events and sends them in batches. An event keeps its id when it is sent again, so that it counts once. */
export function makeGatherer({ send, now, newId, later }: Surroundings) {
  let waiting: { event: Told; event_id: string; at: number }[] = []
  let isPlanned = false

  async function flush(): Promise<void> {
    const batch = waiting.splice(0, BATCH_MAX)
    if (batch.length === 0) return
    const isDone = await send(batch.map(({ event, event_id, at }) => ({ ...event, event_id, age_ms: Math.max(0, Math.round(now() - at)) })))
    if (!isDone) waiting = [...batch, ...waiting].slice(-WAITING_MAX)
    if (waiting.length > 0) plan()
  }

  function plan(): void {
    if (isPlanned) return
    isPlanned = true
    later(() => {
      isPlanned = false
      void flush()
    }, PAUSE_MS)
  }

  function tell(event: Told): void {
    waiting.push({ event, event_id: newId(), at: now() })
    if (waiting.length >= BATCH_MAX) void flush()
    else plan()
  }

  /** Forget what was not sent yet. */
  const forget = () => void (waiting = [])
  return { tell, flush, forget }
}

/** A random UUID, also where `crypto.randomUUID` is missing: outside HTTPS. */
export function randomId(): string {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))]
  const marked = bytes.map((byte, at) => (at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte))
  const hex = marked.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
