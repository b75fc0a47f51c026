import type { PictureMatch } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { onScopeDispose, ref, shallowRef } from 'vue'

/** Look for the products that show a picture; of two pictures chosen quickly the later one counts. */
export function usePictureSearch(search: (file: File) => Promise<PictureMatch[]>) {
  const preview = ref<string>()
  const found = shallowRef<PictureMatch[]>()
  const problem = shallowRef<ShopProblem>()
  const isLooking = ref(false)
  let last = 0

  function show(file?: File): void {
    if (preview.value) URL.revokeObjectURL(preview.value)
    preview.value = file && URL.createObjectURL(file)
  }

  async function look(file: File): Promise<void> {
    const mine = (last += 1)
    show(file)
    found.value = problem.value = undefined
    isLooking.value = true
    try {
      const answer = await search(file)
      if (mine === last) found.value = answer
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      if (mine === last) problem.value = error
    } finally {
      if (mine === last) isLooking.value = false
    }
  }

  onScopeDispose(() => show())
  return { preview, found, problem, isLooking, look }
}
