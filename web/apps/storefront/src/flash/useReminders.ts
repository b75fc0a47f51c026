import type { FlashItem, FlashReminded } from '@jishi/api'
import { hasCode } from '@jishi/api'
import { computed, shallowRef } from 'vue'
import type { Flash } from '../api/flash'

export interface ReminderOptions {
  shop: Pick<Flash, 'flashReminders' | 'remindOfFlash' | 'forgetFlash'>
  /** Sends somebody who is not signed in to do so. */
  signIn: () => void
  said: (isSet: boolean) => void
  failed: (error: unknown) => void
}

/** What somebody wants to be told of before it starts: set and dropped at once, put right when the shop refuses. */
export function useReminders({ shop, signIn, said, failed }: ReminderOptions) {
  const waiting = shallowRef<readonly FlashReminded[]>([])
  const changed = shallowRef(new Map<string, boolean>())
  const ids = computed(() => new Set(waiting.value.map(({ item }) => item.id)))
  const isSet = (item: FlashItem) => changed.value.get(item.id) ?? ids.value.has(item.id)

  /** Learn what is set. A visitor has nothing. */
  async function learn(): Promise<void> {
    try {
      waiting.value = (await shop.flashReminders()).items
      changed.value = new Map()
    } catch (error) {
      if (!hasCode(error, 'sign_in_needed')) throw error
      waiting.value = []
    }
  }

  function note(item: FlashItem, wanted: boolean): void {
    changed.value = new Map(changed.value).set(item.id, wanted)
  }

  async function toggle(item: FlashItem): Promise<void> {
    const wanted = !isSet(item)
    note(item, wanted)
    try {
      await (wanted ? shop.remindOfFlash(item.id) : shop.forgetFlash(item.id))
      said(wanted)
    } catch (error) {
      note(item, !wanted)
      if (hasCode(error, 'sign_in_needed')) return signIn()
      failed(error)
    }
  }

  return { waiting, isSet, learn, toggle }
}
