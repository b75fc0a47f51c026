import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useText } from '../i18n'
import type { Column } from './columns'

/** The columns of a list of orders. */
export function useOrderColumns(): ComputedRef<Column[]> {
  const { t } = useText()
  return computed(() => [
    { key: 'number', label: t('orders.number'), isWhole: true },
    { key: 'goods', label: t('orders.goods') },
    { key: 'recipient', label: t('orders.recipient') },
    { key: 'amount', label: t('orders.amount'), tone: 'end' as const },
    { key: 'status', label: t('orders.status') },
    { key: 'placedAt', label: t('orders.placedAt'), tone: 'instant' as const },
  ])
}
