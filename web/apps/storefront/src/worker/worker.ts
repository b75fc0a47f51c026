import { filesOf, isNamedByContent, OFFLINE_PAGES, offlinePageFor } from './rules'

// Runs beside the shop's pages. Pages always come from the network; without one, a page says so. Only files that are
// named by their content are kept, and the offline pages with theirs. The server writes a version before this script:
// any change of those makes the browser take the new one.
declare const self: ServiceWorkerGlobalScope

const KEPT = 'jishi'

/** Fetch the offline pages and all they need. */
async function prepare(): Promise<void> {
  const kept = await caches.open(KEPT)
  await Promise.all(
    OFFLINE_PAGES.map(async (path) => {
      const page = await fetch(path, { cache: 'reload', credentials: 'omit' })
      if (!page.ok) throw new Error(`${path}: ${page.status}`)
      await kept.addAll(filesOf(await page.clone().text()))
      await kept.put(path, page)
    }),
  )
  await self.skipWaiting()
}

/** Drop what an older build kept, but for what the offline pages need. */
async function clear(): Promise<void> {
  const kept = await caches.open(KEPT)
  const pages = await Promise.all(OFFLINE_PAGES.map((path) => kept.match(path).then((found) => found?.text() ?? '')))
  const needed = new Set<string>([...OFFLINE_PAGES, ...pages.flatMap(filesOf)])
  const old = (await kept.keys()).filter(({ url }) => !needed.has(new URL(url).pathname))
  await Promise.all(old.map((request) => kept.delete(request)))
  await self.registration.navigationPreload?.enable()
}

async function page({ request, preloadResponse }: FetchEvent): Promise<Response> {
  try {
    return ((await preloadResponse) as Response | undefined) ?? (await fetch(request))
  } catch {
    return (await caches.match(offlinePageFor(new URL(request.url).pathname))) ?? Response.error()
  }
}

async function file(event: FetchEvent): Promise<Response> {
  const kept = await caches.open(KEPT)
  const found = await kept.match(event.request, { ignoreVary: true })
  if (found) return found
  const answer = await fetch(event.request)
  if (answer.ok) event.waitUntil(kept.put(event.request, answer.clone()))
  return answer
}

self.addEventListener('install', (event) => event.waitUntil(prepare()))
self.addEventListener('activate', (event) => event.waitUntil(clear()))
self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return
  if (event.request.mode === 'navigate') event.respondWith(page(event))
  else if (isNamedByContent(event.request.url, self.location.origin)) event.respondWith(file(event))
})
