import { watchEffect } from 'vue'
import { useText } from '../i18n'

/** Keep the title of the window right after a move inside the app; the server writes the first one itself. */
export function useTitle(title: () => string): void {
  const { t } = useText()
  if (typeof document === 'undefined') return
  watchEffect(() => {
    const site = t('site.name')
    const own = title()
    document.title = own && own !== site ? `${own} - ${site}` : site
  })
}
