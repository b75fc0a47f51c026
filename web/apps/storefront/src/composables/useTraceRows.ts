import type { TraceStep } from '@jishi/api'
import { formatMoney, useUi } from '@jishi/ui'
import { useText } from '../i18n'
import { broughtBy } from '../promotions/trace'

/** A trace in words: what brought which amount, about what; the prices that were legal and higher beside it. */
export function useTraceRows() {
  const { t } = useText()
  const { locale } = useUi()

  function nameOf(step: TraceStep, rules: Readonly<Record<string, string>>): string {
    const by = broughtBy(step, rules)
    if ('pieces' in by) return t('checkout.wholesale', { count: by.pieces })
    if ('other' in by) return by.other
    const name = t(`checkout.steps.${by.step}`)
    return by.rule ? `${name} · ${by.rule}` : name
  }

  return (trace: readonly TraceStep[], rules: Readonly<Record<string, string>>, about: (step: TraceStep) => string = () => '') =>
    trace.map((step, key) => ({
      key,
      name: nameOf(step, rules),
      about: about(step),
      others: step.not_applied.map((other) => formatMoney(other.price, locale.value)).join(' / '),
      amount: formatMoney(step.amount, locale.value),
    }))
}
