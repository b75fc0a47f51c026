import { useUi } from '@jishi/ui'
import { computed } from 'vue'
import en from './en'
import type { ProfileWords } from './zh'
import zh from './zh'

export const PROFILE_WORDS: Record<'zh' | 'en', ProfileWords> = { zh, en }

/** The words of the profile in the page's language. */
export function useProfileWords() {
  const { locale } = useUi()
  return computed(() => PROFILE_WORDS[locale.value])
}
