import { mount } from '@vue/test-utils'
import { afterEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import { makeToasts, UiDialog, UiTabs, UiToasts, useToasts } from '../index'

afterEach(() => {
  document.body.innerHTML = ''
})

test('a dialog is named by its title and closed by Escape', async () => {
  const dialog = mount(UiDialog, { props: { open: true, title: '删除商品', text: '此操作可撤销' }, slots: { default: '<button>ok</button>' }, attachTo: document.body })
  await nextTick()
  const content = document.querySelector('[role=dialog]')!
  expect(document.getElementById(content.getAttribute('aria-labelledby')!)?.textContent).toBe('删除商品')
  content.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  await nextTick()
  expect(dialog.emitted('update:open')?.at(-1)).toEqual([false])
  dialog.unmount()
})

test('a tab opens with Enter, not by focus alone', async () => {
  const tabs = mount(UiTabs, { props: { modelValue: 'all', label: '订单', tabs: [{ value: 'all', name: '全部' }, { value: 'pay', name: '待付款', count: 2 }] }, attachTo: document.body })
  const [all, pay] = tabs.findAll('[role=tab]')
  expect(all!.attributes('aria-selected')).toBe('true')
  await pay!.trigger('focus')
  expect(tabs.emitted('update:modelValue')).toBeUndefined()
  await pay!.trigger('keydown', { key: 'Enter' })
  expect(tabs.emitted('update:modelValue')).toEqual([['pay']])
  tabs.unmount()
})

test('a toast goes by itself, stays longer with an action, and only three stand', () => {
  const waiting: { run: () => void; ms: number }[] = []
  const { toasts, show, dismiss } = makeToasts((run, ms) => waiting.push({ run, ms }))
  const first = show({ text: 'a' })
  show({ text: 'b', action: { name: '撤销', run: () => {} } })
  expect(waiting[1]!.ms).toBeGreaterThan(waiting[0]!.ms)
  show({ text: 'c' })
  show({ text: 'd' })
  expect(toasts.map(({ text }) => text)).toEqual(['b', 'c', 'd'])
  dismiss(first)
  waiting[2]!.run()
  expect(toasts.map(({ text }) => text)).toEqual(['b', 'd'])
})

test('undo runs once and takes its toast away', async () => {
  let undone = 0
  const region = mount(UiToasts, { global: { stubs: { TransitionGroup: false } } })
  useToasts().show({ text: '已删除', action: { name: '撤销', run: () => (undone += 1) }, shown_ms: 60_000 })
  await nextTick()
  await region.findAll('button').find((button) => button.text() === '撤销')!.trigger('click')
  expect(undone).toBe(1)
  expect(useToasts().toasts).toHaveLength(0)
  expect(region.attributes('aria-live')).toBe('polite')
})
