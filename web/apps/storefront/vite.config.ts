import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { guidePages, operatorGuide } from '../../guide/plugin.ts'
import { appIcons } from './build/icons.ts'
import { objectPictures } from './build/objects.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Phones of the last four years: what Tailwind 4 itself asks for. */
const TARGET = ['chrome111', 'safari16.4', 'firefox128']

/** Few requests for a first visit: the framework, what most pages share, then the page itself. */
const CHUNKS = [
  { name: 'vendor', test: /node_modules\/(vue|@vue|vue-router|pinia|vue-i18n|@intlify|@vueuse)\// },
  { name: 'icons', test: /node_modules\/@lucide/, minShareCount: 3 },
  { name: 'common', test: /(packages\/(ui|api)\/src|apps\/storefront\/src)\//, minShareCount: 6 },
]

const flags = {
  __VUE_OPTIONS_API__: 'false',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  __VUE_I18N_FULL_INSTALL__: 'false',
  __VUE_I18N_LEGACY_API__: 'false',
  __INTLIFY_PROD_DEVTOOLS__: 'false',
}

/** Four builds: the browser's (default), `ssr` (one classic script for V8 in the web workers), `boot` (the blocking theme script) and `worker` (what runs beside the pages). */
function buildOptions(mode: string) {
  if (mode === 'ssr') {
    return {
      ssr: true,
      target: 'es2022',
      minify: true,
      copyPublicDir: false,
      rollupOptions: {
        input: here('src/entry-server.ts'),
        output: { format: 'iife' as const, entryFileNames: 'server.js', codeSplitting: false },
      },
    }
  }
  if (mode === 'boot') {
    return {
      target: 'es2017',
      manifest: 'boot.json',
      copyPublicDir: false,
      rollupOptions: { input: here('src/boot.ts'), output: { format: 'iife' as const, entryFileNames: 'assets/boot-[hash].js' } },
    }
  }
  if (mode === 'worker') {
    return {
      target: TARGET,
      copyPublicDir: false,
      rollupOptions: { input: here('src/worker/worker.ts'), output: { format: 'iife' as const, entryFileNames: 'worker.js' } },
    }
  }
  return {
    // Not in a hidden folder: it is collected with the files it names, so that both are always of one build.
    manifest: 'manifest.json',
    target: TARGET,
    cssTarget: TARGET,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: here('src/entry-client.ts'), output: { codeSplitting: { groups: CHUNKS } } },
  }
}

export default defineConfig(({ mode }) => ({
  base: '/static/storefront/',
  plugins: [vue(), tailwindcss(), guidePages(), ...(mode === 'production' ? [objectPictures(), appIcons(), operatorGuide()] : [])],
  define: mode === 'test' ? {} : flags,
  resolve: { alias: { '@': here('src'), '@guide': here('../../../docs/guide') } },
  ssr: { noExternal: true as const, target: 'webworker' as const },
  build: buildOptions(mode),
  test: { name: 'storefront', environment: 'happy-dom', include: ['src/**/*.test.ts'] },
}))
