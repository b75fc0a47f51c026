import { onScopeDispose, ref, watch } from 'vue'

export interface LiveAddress {
  topic: string
  ticket: string
}

/** What the shop calls its news; anything else arrives as a plain message. */
export const NEWS = ['order', 'trade', 'payment', 'parcel', 'timeline', 'changed'] as const

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
export function useLive(address: () => LiveAddress | undefined, onNews: () => void, open: (url: string) => Source = (url) => new EventSource(url)) {
  const isLive = ref(false)
  let source: Source | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function stop(): void {
    clearTimeout(timer)
    source?.close()
    source = undefined
    isLive.value = false
  }

  function start(url: string): void {
    stop()
    const mine = open(url)
    source = mine
    mine.onopen = () => (isLive.value = true)
    mine.onmessage = () => onNews()
    for (const name of NEWS) mine.addEventListener(name, () => onNews())
    mine.onerror = () => {
      isLive.value = false
      if (mine.readyState === CLOSED && source === mine) timer = setTimeout(() => start(url), RETRY_MS)
    }
  }

  const url = () => {
    const found = address()
    return found ? liveUrl(found) : undefined
  }
  if (typeof window !== 'undefined') {
    // A fresh ticket for the same topic is no reason to reconnect.
    watch(
      () => address()?.topic,
      () => {
        const now = url()
        if (now) start(now)
        else stop()
      },
      { immediate: true },
    )
    onScopeDispose(stop)
  }
  return { isLive }
}
