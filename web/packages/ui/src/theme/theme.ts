/** What the reader chose; `system` follows the device. */
export type Theme = 'system' | 'light' | 'dark'

export const THEME_COOKIE = 'jishi_theme'
const THEMES: readonly Theme[] = ['system', 'light', 'dark']
const YEAR_SECONDS = 365 * 24 * 60 * 60

/** Remember a choice of the reader for a year. */
export function rememberChoice(page: Document, name: string, value: string): void {
  page.cookie = `${name}=${value}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`
}

/** The value of one cookie in a `document.cookie` string, or undefined. */
export function cookieValue(cookies: string, name: string): string | undefined {
  for (const part of cookies.split('; ')) {
    const [key, ...rest] = part.split('=')
    if (key === name) return decodeURIComponent(rest.join('='))
  }
  return undefined
}

/** The theme that the reader chose before, `system` when none. */
export function readTheme(cookies: string): Theme {
  const value = cookieValue(cookies, THEME_COOKIE)
  return THEMES.find((theme) => theme === value) ?? 'system'
}

/** Put the theme on <html>: an attribute for a choice, none for `system`. */
export function applyTheme(theme: Theme, root: HTMLElement): void {
  if (theme === 'system') root.removeAttribute('data-theme')
  else root.setAttribute('data-theme', theme)
}

/** Apply the theme and remember it for a year. */
export function chooseTheme(theme: Theme, page: Document): void {
  applyTheme(theme, page.documentElement)
  rememberChoice(page, THEME_COOKIE, theme)
}
