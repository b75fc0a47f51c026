import type { App, Component, ComputedRef, InjectionKey, Ref } from 'vue'
import { computed, inject, ref } from 'vue'
import type { Locale } from './format/locale'
import { DEFAULT_LOCALE } from './format/locale'
import type { Words } from './words'
import { WORDS } from './words'

/** What the components need from the app around them. */
export interface UiContext {
  locale: Ref<Locale>
  /** The router's link component; a plain `<a>` when there is none. */
  link?: Component
}

const KEY: InjectionKey<UiContext> = Symbol('jishi-ui')

/** Give the components of this package their language and the app's link component. */
export function installUi(app: App, context: UiContext): void {
  app.provide(KEY, context)
}

const fallback: UiContext = { locale: ref(DEFAULT_LOCALE) }

/** The context of the app, or Chinese and plain links outside of one. */
export function useUi(): UiContext {
  return inject(KEY, fallback)
}

/** The language and the built-in words of the components. */
export function useWords(): { locale: Ref<Locale>; words: ComputedRef<Words> } {
  const { locale } = useUi()
  return { locale, words: computed(() => WORDS[locale.value]) }
}
