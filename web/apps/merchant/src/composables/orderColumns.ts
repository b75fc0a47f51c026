import type { ComputedRef } from 'vue'
import { computed } from 'vue'
import { useText } from '../i18n'
import type { Column } from './columns'

/** The columns of a list of orders; `isSorted` where the server can sort the list. */
export function useOrderColumns(isSorted = false): ComputedRef<Column[]> {
  const { t } = useText()
  return computed(() => [
    { key: 'number', label: t('orders.number'), isWhole: true },
    { key: 'goods', label: t('orders.goods') },
    { key: 'recipient', label: t('orders.recipient') },
    { key: 'amount', label: t('orders.amount'), tone: 'end' as const },
    { key: 'status', label: t('orders.status') },
    { key: 'placedAt', label: t('orders.placedAt'), tone: 'instant' as const, ...(isSorted ? { sorts: ['newest', 'oldest'] as const } : {}) },
  ])
}
