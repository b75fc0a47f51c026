import { onBeforeUnmount, onMounted, ref, shallowRef, watch } from 'vue'
import { onBeforeRouteLeave, useRouter } from 'vue-router'
import { useMerchant } from '../api/merchant'
import type { Media, ProductForMerchant, ProductWish, SharedRow, Video } from '../api/types'
import { useAutosave } from './autosave'
import { numbered } from './conflict'
import type { KeptDraft } from './keptDraft'
import { keptDrafts } from './keptDraft'
import { asOffer, copied, emptyProduct, missingIn } from './product'
import { productWriting } from './productWriting'

/** The pictures that a product's wish names, as the editor shows them. */
const picturesOf = (found: ProductForMerchant): Media[] => found.images.map((image, index) => ({ id: found.wish.media_ids[index] ?? '', kind: 'image', image }))

/** What stands in the form: the wish, and the pictures its ids stand for. */
function useForm() {
  const wish = ref<ProductWish>()
  const pictures = ref<Media[]>([])
  const film = ref<Video | null>(null)
  /** What others sell already, when this is to be another offer of it. */
  const shared = shallowRef<SharedRow>()
  /** How often the form was filled anew, other than by typing. */
  const shown = ref(0)

  function fill(draft: Omit<KeptDraft, 'at'>): void {
    wish.value = draft.wish
    pictures.value = draft.pictures
    film.value = draft.film
  }
  /** A copy: what is typed while it is on its way belongs to the next save. */
  const snapshot = () => JSON.parse(JSON.stringify(wish.value ?? emptyProduct())) as ProductWish
  const asDraft = (): KeptDraft => ({ wish: snapshot(), pictures: pictures.value, film: film.value, at: new Date().toISOString() })
  watch(pictures, (chosen) => wish.value && (wish.value.media_ids = chosen.map((media) => media.id)))
  return { wish, pictures, film, shared, shown, fill, snapshot, asDraft }
}

type Form = ReturnType<typeof useForm>

/** The product as the shop has it, and the form that follows it by saving itself. */
function useSaved(form: Form, source: { id?: string }, made: () => void) {
  const merchant = useMerchant()
  const router = useRouter()
  const id = ref(source.id)
  const product = shallowRef<ProductForMerchant>()
  /** What a colleague wrote meanwhile. */
  const theirs = shallowRef<ProductForMerchant>()
  const send = productWriting(merchant, {
    id: () => id.value,
    shared: () => form.shared.value?.id,
    base: () => product.value,
    overtaken: (found) => (theirs.value = found),
    made: (productId) => {
      made()
      id.value = productId
      const place = router.resolve({ name: 'product', params: { id: productId } })
      // The address of what was made, without leaving the field that is being typed in.
      history.replaceState({ ...history.state, current: place.fullPath }, '', place.href)
    },
  })
  const autosave = useAutosave<ProductWish>({
    read: form.snapshot,
    missing: missingIn,
    write: async (draft) => {
      const saved = await send(draft)
      product.value = saved
      if (form.wish.value) form.wish.value = numbered(form.wish.value, saved.wish)
      return numbered(draft, saved.wish)
    },
  })

  function begin(draft: Omit<KeptDraft, 'at'>): void {
    form.shown.value += 1
    form.fill(draft)
    autosave.settle()
  }
  function show(found: ProductForMerchant): void {
    product.value = found
    theirs.value = undefined
    begin({ wish: structuredClone(found.wish), pictures: picturesOf(found), film: found.video ?? null })
  }
  return { id, product, theirs, autosave, begin, show }
}

/** Save at once when the page is left, in whichever way. */
function useLeaving(leave: () => Promise<void>, stop: () => void): void {
  const onHide = () => void leave()
  onMounted(() => window.addEventListener('pagehide', onHide))
  onBeforeUnmount(() => {
    window.removeEventListener('pagehide', onHide)
    stop()
  })
  onBeforeRouteLeave(leave)
}

/** One product being edited: read, saved by itself, kept on this device until the shop has it; `owner` is the store. */
export function useEditor(source: { id?: string; copyOf?: string }, owner: string, canWrite: () => boolean) {
  const merchant = useMerchant()
  const drafts = keptDrafts(owner)
  const form = useForm()
  const saved = useSaved(form, source, () => drafts.forget(undefined))
  const { id, product, theirs, autosave } = saved
  const problem = shallowRef<unknown>()
  /** Edits of before that the shop never got. */
  const offered = shallowRef<KeptDraft>()

  async function load(): Promise<void> {
    problem.value = undefined
    const wanted = id.value ?? source.copyOf
    try {
      const found = wanted ? await merchant.product(wanted) : undefined
      if (!found) saved.begin({ wish: emptyProduct(), pictures: [], film: null })
      else if (id.value) saved.show(found)
      else saved.begin({ wish: copied(found.wish, crypto.randomUUID().slice(0, 4).toUpperCase()), pictures: picturesOf(found), film: found.video ?? null })
    } catch (error) {
      problem.value = error
      return
    }
    const kept = canWrite() && (id.value || !wanted) ? drafts.read(id.value) : undefined
    offered.value = kept && JSON.stringify(kept.wish) !== JSON.stringify(form.wish.value) ? kept : undefined
  }

  function keep(): void {
    if (!canWrite() || !form.wish.value) return
    if (autosave.isDirty()) drafts.write(id.value, form.asDraft())
    else if (!offered.value) drafts.forget(id.value)
    autosave.changed()
  }
  watch(form.wish, keep, { deep: true })
  watch(autosave.state, ({ step }) => void (step === 'saved' && !autosave.isDirty() && drafts.forget(id.value)))
  useLeaving(async () => void (canWrite() && form.wish.value && (await autosave.flush())), autosave.stop)

  /** Go on with the edits that this device kept. */
  function bringBack(): void {
    if (offered.value) form.fill(offered.value)
    offered.value = undefined
  }
  function discard(): void {
    drafts.forget(id.value)
    offered.value = undefined
  }
  /** Write one's own text over the colleague's, as its next version. */
  async function keepMine(): Promise<void> {
    product.value = theirs.value ?? product.value
    theirs.value = undefined
    autosave.state.value = { step: 'quiet' }
    await autosave.flush()
  }
  /** Go on with the colleague's text; one's own is offered as what this device keeps. */
  function takeTheirs(): void {
    const mine = form.asDraft()
    if (theirs.value) saved.show(theirs.value)
    offered.value = mine
  }
  /** Begin anew with what others sell, or with nothing. */
  async function sellToo(row: SharedRow | undefined): Promise<void> {
    try {
      const filled = row ? asOffer(await merchant.sharedProduct(row.id)) : emptyProduct()
      form.shared.value = row
      form.shown.value += 1
      form.fill({ wish: filled, pictures: [], film: null })
    } catch (error) {
      problem.value = error
    }
  }
  const { wish, pictures, film, shared, shown } = form
  return { id, shown, product, shared, sellToo, wish, pictures, film, problem, offered, theirs, autosave, load, show: saved.show, bringBack, discard, keepMine, takeTheirs }
}
