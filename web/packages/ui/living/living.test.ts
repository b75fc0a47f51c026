import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import type { DefineComponent } from 'vue'
import { ref } from 'vue'
import * as ui from '../src'
import LivingPage from './LivingPage.vue'

const components = Object.entries<unknown>(ui).flatMap(([name, value]) => (typeof value === 'object' && value !== null && 'setup' in value ? [[name, value as DefineComponent] as const] : []))

test.each(['zh', 'en'] as const)('every component of the package is shown on the living page, in %s', (locale) => {
  const page = mount(LivingPage, { global: { plugins: [{ install: (app) => ui.installUi(app, { locale: ref(locale) }) }] } })
  expect(components.length).toBeGreaterThan(28)
  expect(components.filter(([, component]) => !page.findComponent(component).exists()).map(([name]) => name)).toEqual([])
  const specimens = page.findAll('h3[id^=specimen-]').map((heading) => heading.text())
  expect(new Set(specimens).size).toBe(specimens.length)
})
