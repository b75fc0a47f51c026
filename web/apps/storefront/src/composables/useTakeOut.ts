import { useToasts } from '@jishi/ui'
import { reactive } from 'vue'
import { useText } from '../i18n'
import { useProblemText } from './useProblemText'

export interface Removal {
  remove: () => Promise<void>
  /** What brings it back; left out where there is no way back. */
  restore?: () => Promise<void>
  said: string
}

/** Taking things out of a list: gone at once, back when the shop refuses or the buyer thinks again. */
export function useTakeOut() {
  const { t } = useText()
  const { show } = useToasts()
  const textOf = useProblemText()
  const gone = reactive(new Set<string>())

  async function attempt(run: () => Promise<void>): Promise<boolean> {
    try {
      await run()
      return true
    } catch (error) {
      show({ text: textOf(error), tone: 'bad' })
      return false
    }
  }

  async function takeOut(id: string, { remove, restore, said }: Removal): Promise<void> {
    gone.add(id)
    if (!(await attempt(remove))) {
      gone.delete(id)
      return
    }
    const back = async () => {
      if (restore && (await attempt(restore))) gone.delete(id)
    }
    show(restore ? { text: said, action: { name: t('cart.undo'), run: () => void back() } } : { text: said })
  }

  const kept = <Item extends { id: string }>(items: readonly Item[]): Item[] => items.filter((item) => !gone.has(item.id))
  return { takeOut, kept, attempt }
}
