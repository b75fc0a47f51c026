/** Pages to show when there is no network, one in each language; the server draws them without data and script. */
export const OFFLINE_PAGES = ['/offline', '/en/offline'] as const

/** Built files are named by their content, so that what is kept is never old. Nothing personal is among them. */
const BUILT = '/static/storefront/assets/'
const LINKED = /\s(?:href|src)="([^"]+)"/g

/** The offline page for somebody who wanted to go to `path`. */
export function offlinePageFor(path: string): (typeof OFFLINE_PAGES)[number] {
  return path === '/en' || path.startsWith('/en/') ? '/en/offline' : '/offline'
}

/** The built files that a page needs to look as it should. */
export function filesOf(html: string): string[] {
  const linked = [...html.matchAll(LINKED)].map((match) => match[1] ?? '')
  return [...new Set(linked.filter((path) => path.startsWith(BUILT)))]
}

/** Whether a file may be kept. */
export function isNamedByContent(address: string, origin: string): boolean {
  const { origin: from, pathname } = new URL(address)
  return from === origin && pathname.startsWith(BUILT)
}
