import { watch } from 'vue'
import { useRouter } from 'vue-router'

const isServer = typeof window === 'undefined'

/** Go where the platform leads to from some words; the search itself leaves no step in the history. */
export function useLead(path: () => string | null | undefined): void {
  const router = useRouter()
  if (isServer) return
  watch(
    path,
    (to) => {
      if (to) void router.replace(to)
    },
    { immediate: true },
  )
}
