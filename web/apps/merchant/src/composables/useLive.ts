import { onScopeDispose, ref, watch } from 'vue'

const CLOSED = 2
const RETRY_MS = 5000
// What the shop calls its news.
const NEWS = ['order_changed', 'parcel_scanned']

/** Listen to a topic while the component lives; news only says that something happened, so the listener asks again. */
export function useLive(address: () => { topic: string; ticket: string } | undefined, onNews: () => void) {
  const isLive = ref(false)
  let source: EventSource | undefined
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
    const mine = new EventSource(`/live/${encodeURIComponent(found.topic)}?ticket=${encodeURIComponent(found.ticket)}`)
    source = mine
    mine.onopen = () => (isLive.value = true)
    mine.onmessage = onNews
    for (const name of NEWS) mine.addEventListener(name, onNews)
    mine.onerror = () => {
      isLive.value = false
      if (mine.readyState === CLOSED && source === mine) timer = setTimeout(start, RETRY_MS)
    }
  }

  // A fresh ticket for the same topic is no reason to reconnect.
  watch(() => address()?.topic, start, { immediate: true })
  onScopeDispose(stop)
  return { isLive }
}
