import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import type { Component } from 'vue'
import { ref } from 'vue'
import * as ui from '../src'
import LivingPage from './LivingPage.vue'

const components = Object.entries(ui).filter((entry): entry is [string, Component] => typeof entry[1] === 'object' && entry[1] !== null && 'setup' in entry[1])

test.each(['zh', 'en'] as const)('every component of the package is shown on the living page, in %s', (locale) => {
  const page = mount(LivingPage, { global: { plugins: [{ install: (app) => ui.installUi(app, { locale: ref(locale) }) }] } })
  expect(components.length).toBeGreaterThan(28)
  expect(components.filter(([, component]) => !page.findComponent(component).exists()).map(([name]) => name)).toEqual([])
  const specimens = page.findAll('h3[id^=specimen-]').map((heading) => heading.text())
  expect(new Set(specimens).size).toBe(specimens.length)
})
