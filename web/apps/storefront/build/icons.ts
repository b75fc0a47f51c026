import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const DRAWING = fileURLToPath(new URL('../public/icon.svg', import.meta.url))
const GROUND = /<rect [^>]*fill="(#\w+)"[^>]*\/>/
/** Systems cut a maskable icon to their own shape; what is within four fifths of it stays. */
const SAFE = 0.8

/** Sizes in pixels; names without a dash before a word of eight letters, which the edge would take for a hash. */
const ICONS = [
  { fileName: 'icons/app-192.png', size: 192, isWhole: false },
  { fileName: 'icons/app-512.png', size: 512, isWhole: false },
  { fileName: 'icons/mask-512.png', size: 512, isWhole: true },
  { fileName: 'icons/touch-180.png', size: 180, isWhole: true },
]

/** The drawing on a ground that fills the whole square, with room around it to be cut. */
export function wholeSquare(svg: string): string {
  const ground = GROUND.exec(svg)
  const side = /viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]
  if (!ground || !side) throw new Error('the drawing has no square ground')
  const margin = (Number(side) * (1 - SAFE)) / 2
  const opening = svg.slice(0, svg.indexOf('>') + 1)
  const figure = svg.slice(opening.length, svg.lastIndexOf('</svg>')).replace(GROUND, '')
  return `${opening}<rect width="${side}" height="${side}" fill="${ground[1]}"/><g transform="translate(${margin} ${margin}) scale(${SAFE})">${figure}</g></svg>`
}

/** Put the icons of the installed app into the build, drawn from the one drawing of the shop. */
export function appIcons(): Plugin {
  return {
    name: 'jishi-app-icons',
    apply: 'build',
    async generateBundle() {
      await initWasm(readFileSync(createRequire(import.meta.url).resolve('@resvg/resvg-wasm/index_bg.wasm')))
      const svg = readFileSync(DRAWING, 'utf8')
      for (const { fileName, size, isWhole } of ICONS) {
        const drawn = new Resvg(isWhole ? wholeSquare(svg) : svg, { fitTo: { mode: 'width', value: size } }).render()
        this.emitFile({ type: 'asset', fileName, source: drawn.asPng() })
      }
    },
  }
}
