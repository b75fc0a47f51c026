import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import App from './App.vue'

Object.assign(globalThis, {
  renderPage: () => {
    void renderToString(createSSRApp(App)).then((html) => Object.assign(globalThis, { rendered: html }))
  },
})
