import type { Locale } from '@jishi/ui'
import { createI18n, useI18n } from 'vue-i18n'
import type { Messages } from './zh'

/** The translator of one app in one language; only that language is loaded. */
export function makeI18n(locale: Locale, messages: Messages) {
  return createI18n<[Messages], Locale, false>({
    legacy: false,
    locale,
    messages: { [locale]: messages } as Record<Locale, Messages>,
    missingWarn: true,
    fallbackWarn: false,
  })
}

/** Translate with keys that the compiler knows. */
export function useText() {
  return useI18n<{ message: Messages }>({ useScope: 'global' })
}

/** The messages of a language, as a chunk of their own. */
export async function loadMessages(locale: Locale): Promise<Messages> {
  return locale === 'en' ? (await import('./en')).default : (await import('./zh')).default
}
