import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { compileGuide } from './sections.ts'

const GUIDE = fileURLToPath(new URL('../../docs/guide/', import.meta.url))

/** Let an app import pages of the guide: compiled once, with the app, so that no browser parses Markdown. */
export function guidePages(): Plugin {
  return {
    name: 'jishi-guide-pages',
    transform: (code, id) => (id.startsWith(GUIDE) && id.endsWith('.md') ? { code: `export default ${JSON.stringify(compileGuide(code))}`, map: null } : undefined),
  }
}

/** Put what the guide says to operators beside the build: the back office, which is Python, reads it there. */
export function operatorGuide(): Plugin {
  return {
    name: 'jishi-operator-guide',
    apply: 'build',
    generateBundle() {
      for (const locale of ['zh', 'en']) {
        const source = JSON.stringify(compileGuide(readFileSync(`${GUIDE}${locale}/operator.md`, 'utf8')))
        this.emitFile({ type: 'asset', fileName: `guide/operator.${locale}.json`, source })
      }
    },
  }
}
