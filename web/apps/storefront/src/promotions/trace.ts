import type { TraceStep } from '@jishi/api'

const STEPS = ['unit_price', 'item_promotion', 'store_promotion', 'platform_promotion', 'coupon', 'freight', 'points', 'total'] as const
const WHOLESALE = 'wholesale_'
export type Step = (typeof STEPS)[number]

const isStep = (step: string): step is Step => (STEPS as readonly string[]).includes(step)

/** What brought an amount: a wholesale step of so many pieces, a promotion by its name, or a step of the reckoning. */
export type Brought = { pieces: string } | { step: Step; rule: string | undefined } | { other: string }

export function broughtBy(step: TraceStep, rules: Readonly<Record<string, string>>): Brought {
  if (step.rule_id.startsWith(WHOLESALE)) return { pieces: step.rule_id.slice(WHOLESALE.length) }
  return isStep(step.step) ? { step: step.step, rule: rules[step.rule_id] } : { other: rules[step.rule_id] ?? step.step }
}
