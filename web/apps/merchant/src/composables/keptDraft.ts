import type { Media, ProductWish, Video } from '../api/types'

/** A product as it was being edited, with the pictures its ids stand for. */
export interface KeptDraft {
  wish: ProductWish
  pictures: Media[]
  film: Video | null
  at: string
}

/** Edits that the shop has not got yet: this browser keeps them for each product of a store, so that a reload loses none. */
export function keptDrafts(owner: string, storage: Storage = localStorage) {
  const keyOf = (id: string | undefined) => `jishi.draft.${owner}.${id ?? 'new'}`

  function read(id: string | undefined): KeptDraft | undefined {
    const text = storage.getItem(keyOf(id))
    return text ? (JSON.parse(text) as KeptDraft) : undefined
  }
  const write = (id: string | undefined, draft: KeptDraft) => storage.setItem(keyOf(id), JSON.stringify(draft))
  const forget = (id: string | undefined) => storage.removeItem(keyOf(id))
  return { read, write, forget }
}
