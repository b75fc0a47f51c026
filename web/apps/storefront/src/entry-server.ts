import { renderToString } from 'vue/server-renderer'
import { createMemoryHistory } from 'vue-router'
import { makeStorefront } from './app'
import en from './i18n/en'
import ownEn from './i18n/own/en'
import ownZh from './i18n/own/zh'
import zh from './i18n/zh'
import { basePath } from './router'
import type { InitialState } from './state'

// Runs in V8 inside a web worker: `jishiRender` starts, `jishiTake` gives the answer once the microtasks are done.
type Answer = { html: string } | { error: string }

let answer: Answer = { error: 'nothing was rendered' }
let turn = 0

const noNetwork = () => Promise.reject(new Error('the server render makes no requests'))

async function render(state: InitialState): Promise<string> {
  const { app, router } = makeStorefront({
    state,
    messages: state.locale === 'en' ? { ...en, ...ownEn } : { ...zh, ...ownZh },
    history: createMemoryHistory(basePath(state.locale)),
    origin: '',
    shopFetch: noNetwork,
    accountsFetch: noNetwork,
  })
  let failure: unknown
  app.config.errorHandler = (error) => (failure ??= error)
  await router.push(state.url)
  await router.isReady()
  const html = await renderToString(app)
  if (failure) throw failure
  return html
}

const textOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error))

Object.assign(globalThis, {
  jishiRender(json: string): void {
    // A page that ends late must never be taken for the next one.
    turn += 1
    const mine = turn
    const settle = (found: Answer) => {
      if (mine === turn) answer = found
    }
    answer = { error: 'the render did not end' }
    render(JSON.parse(json) as InitialState).then(
      (html) => settle({ html }),
      (error: unknown) => settle({ error: textOf(error) }),
    )
  },
  jishiTake(): string {
    const taken = JSON.stringify(answer)
    turn += 1
    answer = { error: 'nothing was rendered' }
    return taken
  },
})
