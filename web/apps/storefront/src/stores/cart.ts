import type { Cart, CartLine, CartLineChange } from '@jishi/api'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useShop } from '../api/shop'
import { withQuantity, without, withSelection } from '../cart/rules'

/**
 * The cart as the buyer sees it: a change shows at once, the server's figures follow. Changes are sent one after the
 * other, and only the last answer is shown, so that a quick hand never sees an older state come back.
 */
export const useCart = defineStore('cart', () => {
  const shop = useShop()
  const cart = ref<Cart>()
  const waiting = ref(0)
  let queue: Promise<unknown> = Promise.resolve()
  let agreed: Cart | undefined

  function settle(answer: Cart): void {
    agreed = answer
    if (waiting.value === 0) cart.value = answer
  }

  /** Show `shown` at once and send; when the server refuses, what it last agreed to is shown again. */
  function change(shown: Cart | undefined, send: () => Promise<Cart>): Promise<Cart> {
    if (shown) cart.value = shown
    waiting.value += 1
    const sent = queue.then(send)
    queue = sent.catch(() => undefined)
    return sent.then(
      (answer) => {
        waiting.value -= 1
        settle(answer)
        return answer
      },
      (error: unknown) => {
        waiting.value -= 1
        if (waiting.value === 0 && agreed) cart.value = agreed
        throw error
      },
    )
  }

  const load = () => change(undefined, () => shop.cart())
  const add = (sku_id: string, quantity: number) => change(undefined, () => shop.addToCart({ sku_id, quantity }))
  const changeLine = (id: string, wish: CartLineChange, shown?: Cart) => change(shown, () => shop.changeCartLine(id, wish))

  function setQuantity(line: CartLine, quantity: number): Promise<Cart> {
    return changeLine(line.id, { quantity }, cart.value && withQuantity(cart.value, line.id, quantity))
  }

  async function select(lines: readonly CartLine[], is_selected: boolean): Promise<void> {
    const ids = lines.filter((line) => line.is_selected !== is_selected).map((line) => line.id)
    if (ids.length === 0) return
    await change(cart.value && withSelection(cart.value, ids, is_selected), () => shop.selectCartLines(ids, is_selected))
  }

  async function remove(lines: readonly CartLine[]): Promise<void> {
    const ids = lines.map((line) => line.id)
    if (ids.length === 0) return
    await change(cart.value && without(cart.value, ids), () => shop.removeCartLines(ids))
  }

  const chooseGift = (promotionId: string, skuId: string) => change(undefined, () => shop.chooseGift(promotionId, skuId))

  /** Forget what was shown: another person, or bought. */
  function forget(): void {
    agreed = undefined
    cart.value = undefined
  }

  return { cart, isBusy: computed(() => waiting.value > 0), count: computed(() => cart.value?.piece_count ?? 0), load, add, setQuantity, select, remove, chooseGift, forget }
})
