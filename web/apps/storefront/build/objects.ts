import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'
import { OBJECTS } from '../src/catalog/objects.ts'

const PACKAGE = '@lobehub/fluent-emoji-3d'

/** Put the pictures of the category objects into the build. Fails when the package lacks one of them. */
export function objectPictures(): Plugin {
  return {
    name: 'jishi-object-pictures',
    apply: 'build',
    generateBundle() {
      const folder = join(dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)), 'assets')
      for (const code of OBJECTS) {
        this.emitFile({ type: 'asset', fileName: `objects/${code}.webp`, source: readFileSync(join(folder, `${code}.webp`)) })
      }
    },
  }
}
