import { useToasts } from '@jishi/ui'
import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { useText } from '../i18n'
import { useCart } from '../stores/cart'
import { useProblemText } from './useProblemText'

/** Put something in the cart, or go to the checkout with it alone. */
export function useBuying() {
  const { t } = useText()
  const cart = useCart()
  const router = useRouter()
  const { show } = useToasts()
  const textOf = useProblemText()
  const isAdding = ref(false)

  async function addToCart(skuId: string, quantity: number): Promise<void> {
    isAdding.value = true
    try {
      await cart.add(skuId, quantity)
      show({ text: t('product.added'), tone: 'good', action: { name: t('product.toCart'), run: () => void router.push('/cart') } })
    } catch (error) {
      show({ text: textOf(error), tone: 'bad' })
    } finally {
      isAdding.value = false
    }
  }

  function buyNow(skuId: string, quantity: number): void {
    void router.push({ path: '/checkout', query: { sku: skuId, quantity: String(quantity) } })
  }
  return { isAdding, addToCart, buyNow }
}
