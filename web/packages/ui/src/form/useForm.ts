import type { ComputedRef, Reactive } from 'vue'
import { computed, reactive, ref } from 'vue'

/** What is wrong with a value, in words; empty when nothing is. */
export type Rule<Values> = (values: Values) => string

export type Rules<Values> = Partial<Record<keyof Values & string, Rule<Values>>>

export interface Form<Values extends object> {
  values: Reactive<Values>
  /** The message under a field: from the rule once the field was left or sent, or what the server said about it. */
  errorOf: (field: keyof Values & string) => string
  touch: (field: keyof Values & string) => void
  /** Put the server's word under a field; it goes away when that field changes. */
  refuse: (field: keyof Values & string, message: string) => void
  isValid: ComputedRef<boolean>
  busy: ComputedRef<boolean>
  /** Check everything; when all is right run `send`. The contents stay whatever happens. */
  submit: (send: (values: Values) => Promise<void>) => Promise<boolean>
}

/** A form that checks itself while it is filled in and never loses what was typed. */
export function useForm<Values extends object>(initial: Values, rules: () => Rules<Values>): Form<Values> {
  const values = reactive({ ...initial }) as Reactive<Values>
  const touched = reactive(new Set<string>())
  const refusals = reactive(new Map<string, { message: string; value: unknown }>())
  const sending = ref(false)

  const current = () => values as Values
  const broken = computed(() => {
    const found = new Map<string, string>()
    for (const [field, rule] of Object.entries(rules()) as [string, Rule<Values>][]) {
      const message = rule(current())
      if (message) found.set(field, message)
    }
    return found
  })

  function errorOf(field: keyof Values & string): string {
    const refusal = refusals.get(field)
    if (refusal && refusal.value === current()[field]) return refusal.message
    return touched.has(field) ? (broken.value.get(field) ?? '') : ''
  }

  async function submit(send: (values: Values) => Promise<void>): Promise<boolean> {
    for (const field of Object.keys(rules())) touched.add(field)
    if (broken.value.size > 0 || sending.value) return false
    sending.value = true
    try {
      await send({ ...current() })
      return true
    } finally {
      sending.value = false
    }
  }

  return {
    values,
    errorOf,
    touch: (field) => void touched.add(field),
    refuse: (field, message) => void refusals.set(field, { message, value: current()[field] }),
    isValid: computed(() => broken.value.size === 0),
    busy: computed(() => sending.value),
    submit,
  }
}
