/** Pages to show when there is no network, one in each language; the server draws them without data and script. */
export const OFFLINE_PAGES = ['/offline', '/en/offline'] as const

const FILE = /\s(?:href|src)="(\/static\/[^"]+)"/g

/** The offline page for somebody who wanted to go to `path`. */
export function offlinePageFor(path: string): (typeof OFFLINE_PAGES)[number] {
  return path === '/en' || path.startsWith('/en/') ? '/en/offline' : '/offline'
}

/** The files that a page needs to look as it should. */
export function filesOf(html: string): string[] {
  return [...new Set([...html.matchAll(FILE)].map((match) => match[1] ?? ''))]
}

/** Built files are named by their content, so that what is kept is never old. Nothing personal is among them. */
export function isNamedByContent(address: string, origin: string): boolean {
  const { origin: from, pathname } = new URL(address)
  return from === origin && pathname.startsWith('/static/storefront/assets/')
}
