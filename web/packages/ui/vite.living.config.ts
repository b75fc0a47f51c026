import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** The living page of the design system, which `make dev` serves at /ui; no part of what the shop ships. */
export default defineConfig({
  root: fileURLToPath(new URL('living', import.meta.url)),
  base: '/static/ui/',
  plugins: [vue(), tailwindcss()],
  build: { assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 900 },
})
