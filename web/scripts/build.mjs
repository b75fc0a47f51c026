// Builds what the shop serves, into web/dist: `storefront` and `merchant` (files for the browser) and
// `storefront-ssr` (one script that V8 inside the web workers runs). Fails when the first page is too heavy.
import { existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { compress } from './compress.mjs'
import { checkBudget } from './budget.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const dist = join(root, 'dist')
process.env.NODE_ENV = 'production'

/** Build one app with its own vite config; `mode` picks one of the builds that the config knows. */
async function buildApp(app, outDir, mode = 'production') {
  const folder = join(root, 'apps', app)
  await buildFrom(join(folder, 'vite.config.ts'), folder, outDir, mode)
}

async function buildFrom(configFile, folder, outDir, mode) {
  if (!existsSync(configFile)) return
  await build({
    configFile,
    root: folder,
    logLevel: 'warn',
    mode,
    build: { outDir: join(dist, outDir), emptyOutDir: mode !== 'boot' && mode !== 'worker' },
  })
  console.log(`built ${outDir} (${mode})`)
}

const wanted = process.argv.slice(2)
// What `make run` remembers of its last build is no longer so.
if (wanted.some((name) => name !== 'ui') || wanted.length === 0) rmSync(join(root, 'node_modules', '.jishi-built'), { force: true })
const wants = (name) => wanted.length === 0 || wanted.includes(name)
if (wanted.length === 0) rmSync(dist, { recursive: true, force: true })
if (wants('storefront')) {
  await buildApp('storefront', 'storefront')
  await buildApp('storefront', 'storefront', 'boot')
  await buildApp('storefront', 'storefront', 'worker')
  await buildApp('storefront', 'storefront-ssr', 'ssr')
  checkBudget(join(dist, 'storefront'))
}
if (wants('merchant')) await buildApp('merchant', 'merchant')
// The living page of the design system is for developers: only when it is asked for.
if (wanted.includes('ui')) await buildFrom(join(root, 'packages', 'ui', 'vite.living.config.ts'), join(root, 'packages', 'ui', 'living'), 'ui', 'production')
for (const name of ['storefront', 'merchant']) if (wants(name)) compress(join(dist, name))
