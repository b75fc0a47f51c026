import { onScopeDispose, ref } from 'vue'

/** Seconds until something may be done again. */
export function useCountdown() {
  const left_seconds = ref(0)
  let timer: ReturnType<typeof setInterval> | undefined

  function start(seconds: number): void {
    clearInterval(timer)
    left_seconds.value = seconds
    timer = setInterval(() => {
      left_seconds.value -= 1
      if (left_seconds.value <= 0) clearInterval(timer)
    }, 1000)
  }
  onScopeDispose(() => clearInterval(timer))
  return { left_seconds, start }
}
