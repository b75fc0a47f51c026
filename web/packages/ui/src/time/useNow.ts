import { onMounted, onScopeDispose, ref } from 'vue'

/** The clock of the page, ticking once a second in the browser; undefined on the server, so that nothing differs. */
export function useNow(tick_ms = 1000) {
  const now_ms = ref<number>()
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => {
    now_ms.value = Date.now()
    timer = setInterval(() => (now_ms.value = Date.now()), tick_ms)
  })
  onScopeDispose(() => clearInterval(timer))
  return now_ms
}
