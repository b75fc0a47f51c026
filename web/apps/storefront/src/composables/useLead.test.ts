import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, nextTick, ref } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { useLead } from './useLead'

const blank = { render: () => null }

async function searching(first: string | null) {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: blank }] })
  await router.push('/s?q=returns')
  const path = ref<string | null | undefined>(first)
  const page = defineComponent({ setup: () => useLead(() => path.value), render: () => null })
  mount(page, { global: { plugins: [router] } })
  return { router, path }
}

describe('where words lead', () => {
  it('goes there once the answer says so', async () => {
    const { router, path } = await searching(undefined as unknown as null)
    expect(router.currentRoute.value.fullPath).toBe('/s?q=returns')

    path.value = '/help'
    await nextTick()
    await router.isReady()
    await new Promise<void>((done) => router.afterEach(() => done()))

    expect(router.currentRoute.value.fullPath).toBe('/help')
  })

  it('stays where the words are no address', async () => {
    const { router } = await searching(null)
    await nextTick()

    expect(router.currentRoute.value.fullPath).toBe('/s?q=returns')
  })
})
