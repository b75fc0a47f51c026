import { installUi } from '@jishi/ui'
import { createPinia } from 'pinia'
import { expect, test } from 'vitest'
import { createApp, h, nextTick, ref } from 'vue'
import { createMemoryHistory, createRouter, RouterLink } from 'vue-router'
import type { Page } from '../api/types'
import { type Asked, useDesk } from './useDesk'

type Made = ReturnType<typeof useDesk<string>>

/** A stock desk at an address, with what it asked the server for. */
async function openAt(address: string) {
  const asked: Asked[] = []
  const made: { desk?: Made } = {}
  const List = {
    setup() {
      made.desk = useDesk<string>({
        name: 'stock',
        columns: ref([{ key: 'sku', label: 'SKU' }]),
        filters: ['words', 'available_max'],
        typed: 'words',
        ask: (question): Promise<Page<string>> => {
          asked.push(question)
          return Promise.resolve({ items: ['a', 'b'], next_cursor: 'c' })
        },
      })
      return () => h('p')
    },
  }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/stock', component: List }, { path: '/', component: List }] })
  await router.push(address)
  const app = createApp(List)
  app.use(createPinia())
  app.use(router)
  installUi(app, { locale: ref('zh'), link: RouterLink })
  app.mount(document.createElement('div'))
  await nextTick()
  return { desk: made.desk!, router, asked }
}

test('the address says what is asked, and in which order', async () => {
  const { desk, asked } = await openAt('/stock?words=tea&sort=available_up&stranger=1')
  expect(asked).toEqual([{ words: 'tea', available_max: undefined, sort: 'available_up', cursor: undefined }])
  expect(desk.typed.value).toBe('tea')
  expect(desk.isNarrowed.value).toBe(true)
  await desk.list.more()
  expect(asked[1]).toMatchObject({ sort: 'available_up', cursor: 'c' })
})

test('a heading writes its order into the address, the usual one is left out, and the file follows', async () => {
  const { desk, router } = await openAt('/stock?available_max=5')
  expect(desk.isNarrowed.value).toBe(true)
  desk.sort.value = 'on_hand_down'
  await expect.poll(() => router.currentRoute.value.query).toEqual({ available_max: '5', sort: 'on_hand_down' })
  expect(desk.files.value.csv).toBe('/api/v1/merchant/exports/stock?available_max=5&sort=on_hand_down&format=csv&language=zh')
  desk.sort.value = 'newest'
  await expect.poll(() => router.currentRoute.value.query).toEqual({ available_max: '5' })
})

test('another question drops what was selected; what is typed goes along', async () => {
  const { desk, router, asked } = await openAt('/stock')
  expect(desk.isNarrowed.value).toBe(false)
  desk.selected.value = ['a']
  desk.typed.value = ' pot '
  await desk.narrow({ available_max: '5' })
  expect(router.currentRoute.value.query).toEqual({ words: 'pot', available_max: '5' })
  await expect.poll(() => asked.length).toBe(2)
  expect(desk.selected.value).toEqual([])
  await desk.showAll()
  expect(router.currentRoute.value.query).toEqual({})
})

test('leaving for another page asks nothing more', async () => {
  const { router, asked } = await openAt('/stock?words=tea')
  await router.push('/?words=other')
  await nextTick()
  expect(asked).toHaveLength(1)
})
