import { computed, ref } from 'vue'
import { useMerchant } from '../api/merchant'
import type { BlockKind, Decoration, Media, ProductRow } from '../api/types'
import type { Edited } from './decoration'
import { editedOf, emptyBlock, lackOf, storedOf } from './decoration'
import { useLoaded } from './useLoaded'
import { useSaving } from './useSaving'
import { useText } from '../i18n'

/** The draft of a store's decoration: read, edited here, kept, published, brought back. */
export function useDecoration() {
  const { t } = useText()
  const merchant = useMerchant()
  const { isSaving, run } = useSaving()
  const blocks = ref<Edited[]>([])
  const state = ref<Decoration>()
  /** Pictures and titles of what the blocks name, by id. */
  const pictures = ref<Decoration['pictures']>({})
  const titles = ref<Decoration['product_titles']>({})
  const { problem, load } = useLoaded(async () => take(await merchant.decoration()))
  const asStored = computed(() => JSON.stringify(storedOf(blocks.value)))
  const kept = ref('')
  const isDirty = computed(() => state.value !== undefined && asStored.value !== kept.value)
  const isComplete = computed(() => blocks.value.every((block) => !lackOf(block)))
  let previewed: Window | null = null

  function take(found: Decoration): void {
    state.value = found
    blocks.value = editedOf(found.blocks)
    pictures.value = { ...found.pictures }
    titles.value = { ...found.product_titles }
    kept.value = asStored.value
  }

  /** Keep the draft if it was changed; false when it could not be. */
  async function save(): Promise<boolean> {
    if (!state.value || !isDirty.value) return true
    const { version } = state.value
    const isKept = await run(async () => take(await merchant.saveDecoration(storedOf(blocks.value), version)), t('decoration.saved'))
    if (isKept && previewed && !previewed.closed) previewed.location.reload()
    return isKept
  }

  async function publish(): Promise<void> {
    if (!(await save()) || !state.value) return
    const { version } = state.value
    await run(async () => take(await merchant.publishDecoration(version)), t('decoration.published'))
  }

  async function restore(number: number): Promise<boolean> {
    if (!state.value) return false
    const { version } = state.value
    return run(async () => take(await merchant.restoreDecoration(number, version)), t('decoration.restored'))
  }

  /** Show the store with the draft in a window of a phone's width, which follows every time the draft is kept. */
  async function preview(locale: string): Promise<void> {
    previewed = window.open('', 'jishi-preview', 'popup,width=390,height=844')
    const isKept = await save()
    const isShown = isKept && (await run(async () => {
      const { path } = await merchant.previewDecoration()
      previewed?.location.replace(locale === 'en' ? `/en${path}` : path)
    }, t('decoration.previewed')))
    if (!isShown) previewed?.close()
  }

  function add(kind: BlockKind): string {
    const made = emptyBlock(kind)
    blocks.value = [...blocks.value, made]
    return made.key
  }
  const remove = (key: string) => (blocks.value = blocks.value.filter((block) => block.key !== key))
  const arrange = (keys: readonly string[]) => (blocks.value = keys.flatMap((key) => blocks.value.filter((block) => block.key === key)))

  /** Note what was uploaded or chosen, so that it can be shown. */
  const knowPicture = (media: Media) => (pictures.value[media.id] = media.image)
  const knowProducts = (products: readonly ProductRow[]) => products.forEach((one) => (titles.value[one.id] = { zh: one.title, en: one.title }))

  return { blocks, state, pictures, titles, problem, load, isDirty, isComplete, isSaving, save, publish, restore, preview, add, remove, arrange, knowPicture, knowProducts }
}
