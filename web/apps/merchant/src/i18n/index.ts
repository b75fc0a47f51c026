import type { Locale } from '@jishi/ui'
import { createI18n, useI18n } from 'vue-i18n'
import en from './en'
import type { Messages } from './zh'
import zh from './zh'

/** The translator; staff switch languages without losing what they are writing, so both are loaded. */
export function makeI18n(locale: Locale) {
  return createI18n<[Messages], Locale, false>({ legacy: false, locale, messages: { zh, en }, missingWarn: true, fallbackWarn: false })
}

/** Translate with keys that the compiler knows. */
export function useText() {
  return useI18n<{ message: Messages }, Locale>({ useScope: 'global' })
}
