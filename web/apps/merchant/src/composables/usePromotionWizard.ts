import { ShopProblem } from '@jishi/api'
import { ElMessage } from 'element-plus'
import { computed, ref } from 'vue'
import { useRouter } from 'vue-router'
import { useMerchant } from '../api/merchant'
import type { PromotionForMerchant } from '../api/types'
import { useText } from '../i18n'
import type { PromotionForm, Step } from './promotion'
import { emptyPromotion, formOf, lackOf, stepOf, STEPS, wishOf } from './promotion'
import { useLoaded } from './useLoaded'
import { useSaving } from './useSaving'

/** A promotion that is written step by step: a new one, a copy of one, or the next version of one. */
export function usePromotionWizard(props: { id?: string; copyOf?: string }) {
  const { t } = useText()
  const merchant = useMerchant()
  const router = useRouter()
  const { isSaving, run } = useSaving()
  const form = ref<PromotionForm>()
  const found = ref<PromotionForMerchant>()
  const names = ref<Record<string, { zh: string; en: string }>>({})
  const step = ref<Step>('kind')
  const isForeign = ref(false)
  /** One intention, so that a draft that is sent again is made once; another draft is another. */
  const intention = ref({ said: '', key: '' })
  const { problem, load } = useLoaded(read)
  const lack = computed(() => form.value && lackOf(form.value))
  const wish = computed(() => form.value && wishOf(form.value))

  async function read(): Promise<void> {
    const source = props.id ?? props.copyOf
    if (!source) return void (form.value = emptyPromotion())
    const kept = await merchant.promotion(source)
    names.value = { ...kept.names }
    if (props.id) found.value = kept
    const written = formOf(kept.wish)
    isForeign.value = !written
    form.value = written && !props.id ? { ...written, name: { zh: t('promotions.copyName', { name: kept.wish.name.zh }), en: kept.wish.name.en }, starts: null, ends: null } : written
    step.value = 'terms'
  }

  /** Go to a step; what is missing in the one that is left is said. */
  function go(to: Step): void {
    const missing = lack.value
    const isAhead = missing && STEPS.indexOf(to) > STEPS.indexOf(missing.step)
    if (isAhead) ElMessage.warning(t(`promotions.lacks.${missing.what}`))
    step.value = isAhead ? missing.step : to
  }
  const move = (by: number) => go(STEPS[STEPS.indexOf(step.value) + by] ?? step.value)

  async function keep(): Promise<PromotionForMerchant | undefined> {
    if (!wish.value) return undefined
    try {
      if (found.value) return await merchant.changePromotion(found.value.id, { wish: wish.value, version: found.value.version })
      const said = JSON.stringify(wish.value)
      if (intention.value.said !== said) intention.value = { said, key: crypto.randomUUID() }
      return await merchant.draftPromotion(wish.value, intention.value.key)
    } catch (error) {
      if (error instanceof ShopProblem && error.problem.status === 422) step.value = stepOf(typeof error.problem.field === 'string' ? error.problem.field : undefined)
      throw error
    }
  }

  /** Keep it; with `isLive` put it in force too. */
  async function save(isLive: boolean): Promise<void> {
    await run(async () => {
      const kept = await keep()
      if (!kept) return
      found.value = kept
      if (isLive && kept.status !== 'live') await merchant.movePromotion(kept.id, 'live')
      await router.push({ name: 'promotion', params: { id: kept.id } })
    }, t(isLive ? 'promotions.live' : 'common.saved'))
  }
  return { form, found, names, step, isForeign, problem, load, lack, wish, isSaving, go, move, save }
}
