import { useUi } from '@jishi/ui'
import { computed } from 'vue'
import en from './en'
import type { PresaleWords } from './zh'
import zh from './zh'

const WORDS: Record<'zh' | 'en', PresaleWords> = { zh, en }

/** The words of pre-sales in the page's language. */
export function usePresaleWords() {
  const { locale } = useUi()
  return computed(() => WORDS[locale.value])
}

/** Put values where a text names them in braces. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}
