/** The languages of the shop, Chinese first. */
export type Locale = 'zh' | 'en'

export const LOCALES: readonly Locale[] = ['zh', 'en']
export const DEFAULT_LOCALE: Locale = 'zh'

/** Where the reader's language is remembered, for addresses that do not say it. */
export const LOCALE_COOKIE = 'jishi_locale'

const TAGS: Record<Locale, string> = { zh: 'zh-CN', en: 'en-GB' }

/** The BCP 47 tag for Intl and for the `lang` attribute. */
export function localeTag(locale: Locale): string {
  return TAGS[locale]
}

/** The language that a value from outside names; Chinese when it names none of ours. */
export function asLocale(value: unknown): Locale {
  return value === 'en' ? 'en' : 'zh'
}
