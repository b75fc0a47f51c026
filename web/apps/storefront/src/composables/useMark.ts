import { ShopProblem } from '@jishi/api'
import { useToasts } from '@jishi/ui'
import { onMounted, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useText } from '../i18n'
import { useSession } from '../stores/session'
import { useProblemText } from './useProblemText'

export interface MarkSteps {
  ask: () => Promise<boolean>
  set: () => Promise<void>
  clear: () => Promise<void>
}

/**
 * Something that somebody marked or did not: a favourite, a followed store. A press shows at once and the server
 * follows; when it refuses, what was before is shown again. Presses are sent one after the other.
 */
export function useMark(steps: MarkSteps, said: { set: () => string; cleared: () => string }) {
  const { t } = useText()
  const session = useSession()
  const route = useRoute()
  const router = useRouter()
  const { show } = useToasts()
  const textOf = useProblemText()
  const isSet = ref(false)
  let agreed = false
  let presses = 0
  let queue: Promise<void> = Promise.resolve()

  async function learn(): Promise<void> {
    if (presses > 0) return
    try {
      const answer = await steps.ask()
      agreed = answer
      if (presses === 0) isSet.value = answer
    } catch (error) {
      // The mark is a kindness of the page: without it the page still stands.
      if (!(error instanceof ShopProblem)) throw error
    }
  }

  async function change(wanted: boolean): Promise<boolean> {
    presses += 1
    isSet.value = wanted
    const sent = queue.then(wanted ? steps.set : steps.clear)
    queue = sent.catch(() => undefined)
    try {
      await sent
      agreed = wanted
      return true
    } catch (error) {
      isSet.value = agreed
      show({ text: textOf(error), tone: 'bad' })
      return false
    }
  }

  async function toggle(): Promise<void> {
    if (!(await session.known(true))) {
      await router.push({ name: 'sign-in', query: { next: route.fullPath } })
      return
    }
    const wanted = !isSet.value
    if (!(await change(wanted))) return
    show({ text: wanted ? said.set() : said.cleared(), tone: wanted ? 'good' : 'info', action: { name: t('cart.undo'), run: () => void change(!wanted) } })
  }

  onMounted(() => {
    watch(
      () => session.isSignedIn,
      (isSignedIn) => (isSignedIn ? void learn() : (isSet.value = false)),
      { immediate: true },
    )
  })
  return { isSet, toggle }
}
