import type { Order, OrderRow } from '@jishi/api'
import { useToasts } from '@jishi/ui'
import { ref } from 'vue'
import { useRouter } from 'vue-router'
import { useShop } from '../api/shop'
import { useText } from '../i18n'
import { useCart } from '../stores/cart'
import { useProblemText } from './useProblemText'

/** Pay, cancel, confirm receipt, buy again: each with its words; a refusal is said and the order is read anew. */
export function useOrderActions(order: () => Pick<Order | OrderRow, 'id' | 'trade_id' | 'lines'>, changed: () => void) {
  const { t } = useText()
  const shop = useShop()
  const cart = useCart()
  const router = useRouter()
  const { show } = useToasts()
  const textOf = useProblemText()
  const isBusy = ref(false)

  async function attempt(run: () => Promise<unknown>, said: string): Promise<boolean> {
    isBusy.value = true
    try {
      await run()
      show({ text: said, tone: 'good' })
      return true
    } catch (error) {
      show({ text: textOf(error), tone: 'bad' })
      return false
    } finally {
      isBusy.value = false
    }
  }

  async function change(run: () => Promise<unknown>, said: string): Promise<boolean> {
    const done = await attempt(run, said)
    changed()
    return done
  }

  return {
    isBusy,
    pay: () => router.push(`/pay/${order().trade_id}`),
    cancel: (reason: string) => change(() => shop.cancelOrder(order().id, reason), t('orders.cancelled')),
    confirm: () => change(() => shop.confirmReceipt(order().id), t('orders.confirmed')),
    async buyAgain(): Promise<void> {
      const done = await attempt(() => Promise.all(order().lines.map((line) => cart.add(line.sku_id, line.quantity))), t('orders.boughtAgain'))
      if (done) await router.push('/cart')
    },
  }
}
