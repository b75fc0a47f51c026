import { useUi } from '@jishi/ui'
import { computed } from 'vue'
import en from './en'
import type { HandoverWords } from './zh'
import zh from './zh'

export const HANDOVER_WORDS: Record<'zh' | 'en', HandoverWords> = { zh, en }

/** The words of codes and vouchers in the page's language. */
export function useHandoverWords() {
  const { locale } = useUi()
  return computed(() => HANDOVER_WORDS[locale.value])
}
