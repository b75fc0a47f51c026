import type { Channel, PaymentStart, Trade } from '@jishi/api'
import { ShopProblem } from '@jishi/api'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import type { Shop } from '../api/shop'

/** What the cashier page shows. */
export type CashierStage = 'choosing' | 'scanning' | 'waiting' | 'paid' | 'failed' | 'closed' | 'late' | 'refunded' | 'deposit'

export interface CashierOptions {
  shop: Pick<Shop, 'trade' | 'payment' | 'pay'>
  tradeId: string
  client: 'desktop' | 'phone'
  /** Leave for the channel's own page. */
  leave: (url: string) => void
  poll_ms?: number
}

const POLL_MS = 3000

/** Where a trade stands; `started` is what this page itself has begun, `returned` whether the buyer came back from a channel. */
export function stageOf(trade: Trade, started: PaymentStart | undefined, returned: boolean): CashierStage {
  switch (trade.payment.status) {
    case 'paid':
    case 'partially_refunded':
      return 'paid'
    case 'refunded':
      return 'refunded'
    case 'late_paid':
      return 'late'
    case 'closed':
      return 'closed'
    case 'deposit_paid':
      return Date.parse(trade.payment.instalments?.balance_from_at ?? '') > Date.now() ? 'deposit' : 'choosing'
    case 'failed':
      return started ? 'waiting' : 'failed'
    case 'created':
    case 'pending':
      if (started?.qr_code) return 'scanning'
      return started || returned ? 'waiting' : 'choosing'
  }
}

/** The cashier: choose a channel, go there or scan, and learn of the money from live news or by asking again. */
export function useCashier({ shop, tradeId, client, leave, poll_ms = POLL_MS }: CashierOptions) {
  const trade = shallowRef<Trade>()
  const started = shallowRef<PaymentStart>()
  const returned = ref(false)
  const problem = shallowRef<ShopProblem>()
  const isStarting = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const stage = computed(() => (trade.value ? stageOf(trade.value, started.value, returned.value) : undefined))
  const isOpen = computed(() => stage.value === undefined || ['choosing', 'scanning', 'waiting', 'failed'].includes(stage.value))

  /** Ask for the trade; while a payment is under way, have the channel asked first. */
  async function refresh(): Promise<void> {
    try {
      if (trade.value && (started.value || returned.value)) await shop.payment(tradeId, returned.value)
      trade.value = await shop.trade(tradeId)
      problem.value = undefined
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      // While the page already shows the trade a failed look is not worth a word: the next one follows.
      if (!trade.value) problem.value = error
    }
  }

  async function watchMoney(): Promise<void> {
    clearTimeout(timer)
    await refresh()
    if (isOpen.value && problem.value?.status !== 404) timer = setTimeout(() => void watchMoney(), poll_ms)
  }

  async function pay(channel: Channel): Promise<void> {
    if (isStarting.value) return
    isStarting.value = true
    problem.value = undefined
    try {
      started.value = await shop.pay(tradeId, channel, client)
      if (started.value.redirect_url) leave(started.value.redirect_url)
      void watchMoney()
    } catch (error) {
      if (!(error instanceof ShopProblem)) throw error
      problem.value = error
      await refresh()
    } finally {
      isStarting.value = false
    }
  }

  /** Back to the choice of channels. */
  function choose(): void {
    started.value = undefined
    returned.value = false
  }

  onScopeDispose(() => clearTimeout(timer))
  return { trade, started, returned, problem, isStarting, stage, isOpen, refresh, watchMoney, pay, choose }
}

/** Whether the channel should show a page to this device or a code for a phone. */
export function clientKind(): 'desktop' | 'phone' {
  if (typeof navigator === 'undefined') return 'desktop'
  return /Android|iPhone|iPad|Mobile/i.test(navigator.userAgent) ? 'phone' : 'desktop'
}
