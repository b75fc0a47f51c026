import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { guidePages } from '../../guide/plugin.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const flags = {
  // Element Plus' tree select is made of options: without them its tree has no words, and no category can be chosen.
  __VUE_OPTIONS_API__: 'true',
  __VUE_PROD_DEVTOOLS__: 'false',
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  __VUE_I18N_FULL_INSTALL__: 'false',
  __VUE_I18N_LEGACY_API__: 'false',
  __INTLIFY_PROD_DEVTOOLS__: 'false',
}

export default defineConfig(({ mode }) => ({
  base: '/static/merchant/',
  plugins: [vue(), guidePages()],
  define: mode === 'test' ? {} : flags,
  resolve: { alias: { '@': here('src'), '@guide': here('../../../docs/guide') } },
  build: {
    manifest: true,
    target: ['chrome111', 'safari16.4', 'firefox128'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rollupOptions: { input: here('src/main.ts') },
  },
  test: { name: 'merchant', environment: 'happy-dom', include: ['src/**/*.test.ts'], server: { deps: { inline: ['element-plus'] } } },
}))
