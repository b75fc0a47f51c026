import { ShopProblem } from '@jishi/api'
import { useToasts } from '@jishi/ui'
import { reactive } from 'vue'
import { useShop } from '../api/shop'
import { useText } from '../i18n'
import { useProblemText } from './useProblemText'

/** What somebody does not want to see: gone at once, and back when he says so or when the shop did not hear it. */
export function useRefusals() {
  const { t } = useText()
  const shop = useShop()
  const { show } = useToasts()
  const textOf = useProblemText()
  const refused = reactive(new Set<string>())

  async function undo(id: string): Promise<void> {
    refused.delete(id)
    try {
      await shop.interestedAgain(id)
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      refused.add(id)
      show({ text: textOf(error), tone: 'bad' })
    }
  }

  async function refuse(id: string): Promise<void> {
    refused.add(id)
    try {
      await shop.notInterested(id)
      show({ text: t('recommended.refused'), action: { name: t('cart.undo'), run: () => void undo(id) } })
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      refused.delete(id)
      show({ text: textOf(error), tone: 'bad' })
    }
  }
  return { refused, refuse }
}
