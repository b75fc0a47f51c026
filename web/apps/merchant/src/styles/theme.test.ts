import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const theirs = readFileSync(createRequire(import.meta.url).resolve('element-plus/dist/index.css'), 'utf8')
const ours = readFileSync(join(import.meta.dirname, 'main.css'), 'utf8')
/** What of Element Plus a reader sees: colours, sizes of type, radii, shadows and durations. */
const SEEN = /^--el-(color|bg-color|text-color|border-color|fill-color|mask-color|overlay-color|disabled|box-shadow|font-size|border-radius|transition-duration)/
const LEFT = ['--el-color-black', '--el-border-radius-circle', '--el-border-radius-round']

test('every colour, size and duration of Element Plus comes from our tokens', () => {
  const roots = [...theirs.matchAll(/:root\{([^}]*)\}/g)].map((match) => match[1]).join(';')
  const names = [...roots.matchAll(/(--el-[\w-]+):([^;]*)/g)].filter(([, name = '', value = '']) => SEEN.test(name) && !value.startsWith('var(') && !name.endsWith('-rgb')).map((match) => match[1] ?? '')
  expect(names.length).toBeGreaterThan(60)
  const set = new Map([...ours.matchAll(/(--el-[\w-]+):\s*([^;]+);/g)].map((match) => [match[1], match[2] ?? '']))
  expect([...new Set(names)].filter((name) => !LEFT.includes(name) && !set.get(name)?.includes('var(--jishi-'))).toEqual([])
})

test('our own styles name no colour of their own', () => {
  expect(ours.match(/#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(/gi)).toBeNull()
})
