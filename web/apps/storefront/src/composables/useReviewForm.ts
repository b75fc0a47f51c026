import type { Media, ReviewWish } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { computed, onScopeDispose, reactive, ref } from 'vue'
import type { Shop } from '../api/shop'

export const TEXT_MAX = 1000
export const PICTURES_MAX = 9

/** A picture on its way into a review; `preview` is shown from the moment it was picked. */
export interface Draft {
  key: number
  file: File
  preview: string
  state: 'sending' | 'sent' | 'failed'
  media?: Media
  problem?: ShopProblem
}

/** The pictures of a review: sent as soon as they are picked, one after the other; a failed one stays and can be sent again. */
export function useReviewPictures(upload: (file: File) => Promise<Media>) {
  const pictures = reactive<Draft[]>([])
  let lastKey = 0
  let queue: Promise<void> = Promise.resolve()

  async function transfer(draft: Draft): Promise<void> {
    if (!pictures.includes(draft)) return
    try {
      draft.media = await upload(draft.file)
      draft.state = 'sent'
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      draft.problem = error
      draft.state = 'failed'
    }
  }

  function send(draft: Draft): Promise<void> {
    draft.state = 'sending'
    delete draft.problem
    queue = queue.then(() => transfer(draft))
    return queue
  }

  /** Take in what was picked; what is too much is left out, and the result says how many. */
  function add(files: readonly File[]): number {
    const room = Math.max(0, PICTURES_MAX - pictures.length)
    for (const file of files.slice(0, room)) {
      lastKey += 1
      pictures.push({ key: lastKey, file, preview: URL.createObjectURL(file), state: 'sending' })
      const draft = pictures.at(-1)
      if (draft) void send(draft)
    }
    return Math.max(0, files.length - room)
  }

  function remove(draft: Draft): void {
    const index = pictures.indexOf(draft)
    if (index < 0) return
    pictures.splice(index, 1)
    URL.revokeObjectURL(draft.preview)
  }

  onScopeDispose(() => pictures.forEach(({ preview }) => URL.revokeObjectURL(preview)))
  return {
    pictures,
    add,
    remove,
    retry: send,
    isSending: computed(() => pictures.some(({ state }) => state === 'sending')),
    hasFailed: computed(() => pictures.some(({ state }) => state === 'failed')),
  }
}

/** One review being written; whatever goes wrong, its contents stay. */
export function useReviewForm(shop: Pick<Shop, 'review' | 'uploadReviewPicture'>, orderLineId: string) {
  const values = reactive({ stars: 0, text: '', is_anonymous: false })
  const shots = useReviewPictures((file) => shop.uploadReviewPicture(file))
  const isBusy = ref(false)
  const wasSent = ref(false)

  const wish = (): ReviewWish => ({ ...values, media_ids: shots.pictures.flatMap(({ media }) => (media ? [media.id] : [])) })
  const lacksStars = computed(() => wasSent.value && values.stars === 0)

  /** Send it; undefined when stars are missing or a picture is not there yet. Raises: ShopProblem. */
  async function submit() {
    wasSent.value = true
    if (values.stars === 0 || isBusy.value || shots.isSending.value || shots.hasFailed.value) return undefined
    isBusy.value = true
    try {
      return await shop.review(orderLineId, wish())
    } finally {
      isBusy.value = false
    }
  }
  return { values, ...shots, isBusy, lacksStars, submit }
}
