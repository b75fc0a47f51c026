import type { CartLine } from '@jishi/api'
import { useToasts } from '@jishi/ui'
import { computed } from 'vue'
import { buyableLines } from '../cart/rules'
import { useText } from '../i18n'
import { useCart } from '../stores/cart'
import { useProblemText } from './useProblemText'

/** What a person does on the cart page; whatever fails is said, and the cart stands as it was. */
export function useCartPage() {
  const { t } = useText()
  const cart = useCart()
  const { show } = useToasts()
  const textOf = useProblemText()

  async function attempt(run: () => Promise<unknown>): Promise<boolean> {
    try {
      await run()
      return true
    } catch (error) {
      show({ text: `${t('cart.failed')}。${textOf(error)}`, tone: 'bad' })
      return false
    }
  }

  const lines = computed(() => (cart.cart ? buyableLines(cart.cart) : []))
  const selected = computed(() => lines.value.filter((line) => line.is_selected))
  const isAllSelected = computed(() => lines.value.length > 0 && selected.value.length === lines.value.length)

  async function restore(line: CartLine): Promise<void> {
    await attempt(() => cart.add(line.sku_id, line.quantity))
  }

  async function remove(line: CartLine): Promise<void> {
    if (!(await attempt(() => cart.remove([line])))) return
    show({ text: t('cart.removed', { title: line.title }), action: { name: t('cart.undo'), run: () => void restore(line) } })
  }

  return {
    lines,
    selected,
    isAllSelected,
    setQuantity: (line: CartLine, quantity: number) => attempt(() => cart.setQuantity(line, quantity)),
    select: (some: readonly CartLine[], isSelected: boolean) => attempt(() => cart.select(some, isSelected)),
    chooseGift: (promotionId: string, skuId: string) => attempt(() => cart.chooseGift(promotionId, skuId)),
    remove,
    clearInvalid: () => attempt(() => cart.remove(cart.cart?.invalid_lines ?? [])),
  }
}
