import { ShopProblem } from '@jishi/api'
import { ElMessage } from 'element-plus'
import { ref } from 'vue'
import { useText } from '../i18n'

/** What a person is told of a failure: the shop's own words, or that it did not work and nothing typed is lost. */
export function wordsOf(error: unknown, fallback: string): string {
  return error instanceof ShopProblem && error.problem.detail ? error.problem.detail : fallback
}

/** Run a change once at a time and tell what came of it. `run` answers true when it worked. */
export function useSaving() {
  const { t } = useText()
  const isSaving = ref(false)

  async function run(change: () => Promise<unknown>, done?: string | (() => string)): Promise<boolean> {
    if (isSaving.value) return false
    isSaving.value = true
    try {
      await change()
      ElMessage.success((typeof done === 'function' ? done() : done) ?? t('common.saved'))
      return true
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      ElMessage.error(wordsOf(error, t('common.failedKept')))
      return false
    } finally {
      isSaving.value = false
    }
  }
  return { isSaving, run }
}

/** How a refusal is told in bulk work; what is none is thrown on. */
export function useExplain(): (error: unknown) => string {
  const { t } = useText()
  return (error) => {
    if (!(error instanceof ShopProblem)) throw error
    return wordsOf(error, t('common.failed'))
  }
}
