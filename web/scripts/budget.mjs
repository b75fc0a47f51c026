// The promise of the design: the script of the first public page is at most 130 kB gzipped.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

export const FIRST_PAGE_BYTES_MAX = 130_000

/** Every script that `entry` and what it imports statically bring, by the Vite manifest. */
export function scriptsOf(manifest, entry) {
  const seen = new Set()
  const visit = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    for (const next of manifest[key]?.imports ?? []) visit(next)
  }
  visit(entry)
  return [...seen].map((key) => manifest[key]?.file).filter((file) => file?.endsWith('.js'))
}

/** Gzipped bytes of the scripts that a public page loads before it is usable. */
export function pageBytes(folder, manifest, entries) {
  const files = new Set(entries.flatMap((entry) => scriptsOf(manifest, entry)))
  let total = 0
  for (const file of files) total += gzipSync(readFileSync(join(folder, file)), { level: 6 }).length
  return { total, files: files.size }
}

/** Print the weight of each public page and stop the build when one is above the limit. */
export function checkBudget(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))
  const pages = Object.keys(manifest).filter((key) => /pages\/(Home|Product|Category|Search|Store)Page\.vue$/.test(key))
  if (pages.length === 0) throw new Error('budget: no public page found in the manifest')
  const locale = Object.keys(manifest).find((key) => /i18n\/zh\.ts$/.test(key))
  let heavy = 0
  for (const page of pages) {
    const entries = ['index.html', 'src/entry-client.ts', page, locale].filter((key) => key && manifest[key])
    const { total, files } = pageBytes(folder, manifest, entries)
    console.log(`${page.replace(/^.*\//, '')}: ${(total / 1000).toFixed(1)} kB gzipped in ${files} scripts`)
    if (total > FIRST_PAGE_BYTES_MAX) heavy += 1
  }
  if (heavy) throw new Error(`budget: ${heavy} page(s) above ${FIRST_PAGE_BYTES_MAX / 1000} kB gzipped`)
}
