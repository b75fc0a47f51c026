import { onScopeDispose, ref, watch } from 'vue'

export interface LiveAddress {
  topic: string
  ticket: string
}

/** What the shop calls its news; anything else arrives as a plain message. */
export const NEWS = ['order_changed', 'parcel_scanned'] as const

/** The part of EventSource that is used; tests bring their own. */
export interface Source {
  onopen: ((event: Event) => void) | null
  onmessage: ((event: MessageEvent<string>) => void) | null
  onerror: ((event: Event) => void) | null
  readyState: number
  addEventListener: (name: string, listener: (event: MessageEvent<string>) => void) => void
  close: () => void
}

const CLOSED = 2
const RETRY_MS = 5000

/** Where the stream of a topic is found. */
export function liveUrl({ topic, ticket }: LiveAddress): string {
  return `/live/${encodeURIComponent(topic)}?ticket=${encodeURIComponent(ticket)}`
}

/**
 * Listen to the news of a topic while the component lives. News only says that something happened: the listener asks
 * the API what is true now. The browser reconnects by itself (with Last-Event-ID); after a refusal we try once in a while.
 */
export function useLive(address: () => LiveAddress | undefined, onNews: () => Promise<void> | void, open: (url: string) => Source = (url) => new EventSource(url)) {
  const isLive = ref(false)
  let source: Source | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function stop(): void {
    clearTimeout(timer)
    source?.close()
    source = undefined
    isLive.value = false
  }

  function start(): void {
    stop()
    const found = address()
    if (!found) return
    const mine = open(liveUrl(found))
    source = mine
    mine.onopen = () => (isLive.value = true)
    mine.onmessage = () => void onNews()
    for (const name of NEWS) mine.addEventListener(name, () => void onNews())
    mine.onerror = () => {
      isLive.value = false
      if (mine.readyState === CLOSED && source === mine) timer = setTimeout(retry, RETRY_MS)
    }
  }

  // The ticket may have run out: reading the truth anew brings a fresh one.
  async function retry(): Promise<void> {
    await onNews()
    start()
  }

  if (typeof window !== 'undefined') {
    // A fresh ticket for the same topic is no reason to reconnect.
    watch(
      () => address()?.topic,
      () => start(),
      { immediate: true },
    )
    onScopeDispose(stop)
  }
  return { isLive }
}
