import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { Merchant } from '../api/merchant'
import type { ImportDetail, ImportRun } from '../api/types'
import { checkOf, isUnderWay, meaningsOf, missingIn } from './imports'

const ASK_MS = 800

/** One table on its way in: what its columns mean, and how far it is, asked again while it goes on by itself. */
export function useImport(merchant: Merchant, id: string) {
  const detail = shallowRef<ImportDetail>()
  const run = shallowRef<ImportRun>()
  const problem = shallowRef<unknown>()
  const meanings = ref<Record<number, string>>({})
  const forReview = ref(false)
  const warehouseId = ref<string | null>(null)
  const checked = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined

  const wish = computed(() => checkOf(meanings.value, forReview.value, warehouseId.value))
  const missing = computed(() => missingIn(meanings.value, warehouseId.value))
  const isChanged = computed(() => checked.value !== JSON.stringify(wish.value))

  async function load(): Promise<void> {
    problem.value = undefined
    try {
      const found = await merchant.importDetail(id)
      detail.value = found
      meanings.value = meaningsOf(found.columns)
      forReview.value = found.run.for_review
      warehouseId.value = found.warehouse_id ?? null
      checked.value = JSON.stringify(wish.value)
      show(found.run)
    } catch (error) {
      problem.value = error
    }
  }

  /** Take over how far the run is, as it was just told. */
  function show(seen: ImportRun): void {
    run.value = seen
    clearTimeout(timer)
    if (isUnderWay(seen)) timer = setTimeout(() => void ask(), ASK_MS)
  }

  /** Ask how far it is; a failure on the way is asked over. */
  async function ask(): Promise<void> {
    try {
      show(await merchant.importProgress(id))
    } catch {
      timer = setTimeout(() => void ask(), ASK_MS * 4)
    }
  }

  async function check(): Promise<void> {
    const asked = wish.value
    show(await merchant.checkImport(id, asked))
    checked.value = JSON.stringify(asked)
  }
  const start = async () => show(await merchant.startImport(id))

  onScopeDispose(() => clearTimeout(timer))
  void load()
  return { detail, run, problem, meanings, forReview, warehouseId, missing, isChanged, load, show, check, start }
}
