import type { Locale } from '@jishi/ui'
import { createI18n, useI18n } from 'vue-i18n'
import type { Router } from 'vue-router'
import type { OwnMessages } from './own/zh'
import type { Messages } from './zh'

export type AllMessages = Messages & OwnMessages

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
  return useI18n<{ message: AllMessages }>({ useScope: 'global' })
}

/** The messages of a language, as a chunk of their own. */
export async function loadMessages(locale: Locale): Promise<Messages> {
  return locale === 'en' ? (await import('./en')).default : (await import('./zh')).default
}

/** What pages of one person say besides, as another chunk. */
export async function loadOwnMessages(locale: Locale): Promise<OwnMessages> {
  return locale === 'en' ? (await import('./own/en')).default : (await import('./own/zh')).default
}

/** Have the words of a page of one person here before it is shown. */
export function bringOwnMessages(router: Router, { global }: ReturnType<typeof makeI18n>, locale: Locale): void {
  let isHere = false
  router.beforeResolve(async (to) => {
    if (!to.meta.own || isHere) return
    global.mergeLocaleMessage(locale, await loadOwnMessages(locale))
    isHere = true
  })
}
