import { useUi } from '@jishi/ui'
import { computed } from 'vue'
import en from './en'
import type { FlashWords } from './zh'
import zh from './zh'

export const FLASH_WORDS: Record<'zh' | 'en', FlashWords> = { zh, en }

/** The words of flash sales in the page's language. */
export function useFlashWords() {
  const { locale } = useUi()
  return computed(() => FLASH_WORDS[locale.value])
}
