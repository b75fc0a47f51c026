import { mount } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import { installUi } from '../context'
import type { Locale } from '../format/locale'
import {
  AddressForm,
  AreaPicker,
  Gallery,
  LanguageSwitch,
  PriceTag,
  ProductCard,
  QuantityStepper,
  SaleAttributePicker,
  ThemeSwitch,
  Timeline,
  UiBadge,
  UiButton,
  UiCheckbox,
  UiEmptyState,
  UiMore,
  UiNotice,
  UiPicture,
  UiSelect,
  UiSkeleton,
  UiTextField,
} from '../index'

const inLocale = (locale: Locale) => ({ global: { plugins: [{ install: (app: Parameters<typeof installUi>[0]) => installUi(app, { locale: ref(locale) }) }] } })
const cny = (amount_minor: number) => ({ amount_minor, currency: 'CNY' })
const image = { src: '/a-800.webp', width: 800, height: 800, alt: '红色水壶', srcset_webp: '/a-200.webp 200w', srcset_avif: '/a-200.avif 200w' }
const product = {
  id: 'p1',
  title: '手冲咖啡壶',
  price: cny(12_950),
  list_price: cny(15_900),
  image,
  merchant: { id: 'm1', name: '山野杂货' },
  in_stock: true,
  sold_count: 12_345,
  rating: null,
}

afterEach(() => {
  document.body.innerHTML = ''
  document.documentElement.removeAttribute('data-theme')
})

test('a price is heard in one piece and shown with its old price', () => {
  const tag = mount(PriceTag, { props: { price: cny(12_950), was: cny(15_900) } })
  expect(tag.find('.sr-only').text()).toBe('¥129.50')
  expect(tag.find('[aria-hidden]').text()).toBe('¥129.50')
  expect(tag.find('s').text()).toBe('¥159.00')
})

test('an old price that is no higher is not shown', () => {
  expect(mount(PriceTag, { props: { price: cny(100), was: cny(100) } }).find('s').exists()).toBe(false)
})

test('a picture reserves its box and loads late unless it is the first', () => {
  const late = mount(UiPicture, { props: { image, sizes: '100px' } })
  expect(late.find('img').attributes()).toMatchObject({ width: '800', height: '800', loading: 'lazy', alt: '红色水壶' })
  expect(late.findAll('source').map((source) => source.attributes('type'))).toEqual(['image/avif'])
  expect(late.find('source').attributes('srcset')).toBe(image.srcset_avif)
  const first = mount(UiPicture, { props: { image, sizes: '100px', eager: true, decorative: true } })
  expect(first.find('img').attributes()).toMatchObject({ loading: 'eager', fetchpriority: 'high', alt: '' })
})

test('a product card leads to the product and to the store', () => {
  const card = mount(ProductCard, { props: { product } })
  expect(card.findAll('a').map((link) => link.attributes('href'))).toEqual(['/p/p1', '/store/m1'])
  expect(card.text()).toContain('已售 1.2万')
  expect(mount(ProductCard, { props: { product: { ...product, in_stock: false } }, ...inLocale('en') }).text()).toContain('Sold out')
})

test('a stepper stays within its limits, by button, key and typing', async () => {
  const wrapper = mount(QuantityStepper, { props: { modelValue: 2, max: 3, 'onUpdate:modelValue': (value: number) => wrapper.setProps({ modelValue: value }) } })
  const [less, more] = wrapper.findAll('button')
  await more!.trigger('click')
  expect(wrapper.props('modelValue')).toBe(3)
  expect(more!.attributes('disabled')).toBeDefined()
  await wrapper.find('input').trigger('keydown', { key: 'ArrowDown' })
  await less!.trigger('click')
  expect(wrapper.props('modelValue')).toBe(1)
  expect(less!.attributes('disabled')).toBeDefined()
  await wrapper.find('input').setValue('99')
  await wrapper.find('input').trigger('change')
  expect(wrapper.props('modelValue')).toBe(3)
  await wrapper.find('input').setValue('two')
  await wrapper.find('input').trigger('change')
  expect(wrapper.props('modelValue')).toBe(3)
  expect((wrapper.find('input').element as HTMLInputElement).value).toBe('3')
})

test('sale attributes are radio buttons; what does not exist is disabled', async () => {
  const states = { red: 'possible', blue: 'sold_out', green: 'impossible' } as const
  const axis = { code: 'colour', name: '颜色', values: Object.keys(states).map((code) => ({ code, name: code, image: null })) }
  const picker = mount(SaleAttributePicker, { props: { axis, chosen: 'red', stateOf: (_: string, value: string) => states[value as keyof typeof states] } })
  const radios = picker.findAll<HTMLInputElement>('input[type=radio]')
  expect(radios.map((radio) => radio.element.disabled)).toEqual([false, false, true])
  expect(radios[0]!.element.checked).toBe(true)
  await radios[1]!.trigger('change')
  expect(picker.emitted('choose')).toEqual([['colour', 'blue']])
  expect(picker.find('legend').text()).toContain('red')
})

test('a gallery goes through its pictures and loads only the first at once', async () => {
  const images = [1200, 800, 1200].map((width, n) => ({ ...image, width, src: `/${n}.webp` }))
  const gallery = mount(Gallery, { props: { images } })
  const [previous, next] = gallery.findAll('button[aria-label]').slice(0, 2)
  expect(previous!.attributes('disabled')).toBeDefined()
  await next!.trigger('click')
  expect(gallery.text()).toContain('2 / 3')
  await gallery.find('[role=group]').trigger('keydown', { key: 'ArrowRight' })
  expect(gallery.text()).toContain('3 / 3')
  expect(gallery.findAll('img').filter((img) => img.attributes('loading') === 'eager')).toHaveLength(1)
  // Only large pictures have more to show.
  const large = gallery.findAll('.cursor-zoom-in')
  expect(large).toHaveLength(2)
  await large[1]!.trigger('click')
  expect(gallery.emitted('zoom')).toEqual([[2]])
})

test('a timeline shows instants in the shop time zone', () => {
  const timeline = mount(Timeline, { props: { label: 't', items: [{ key: '1', text: '已签收', at: '2026-11-23T16:05:00Z', note: '上海' }] } })
  expect(timeline.find('time').text()).toBe('2026/11/24 00:05')
  expect(timeline.text()).toContain('上海')
})

test('a busy button cannot be pressed twice', async () => {
  const pressed = vi.fn()
  const button = mount(UiButton, { props: { busy: true }, attrs: { onClick: pressed }, slots: { default: 'Pay' } })
  await button.trigger('click')
  expect(pressed).not.toHaveBeenCalled()
  expect(button.attributes('aria-busy')).toBe('true')
  expect(mount(UiButton, { props: { to: '/cart' } }).element.tagName).toBe('A')
})

test('a field ties its label and its error together', async () => {
  const field = mount(UiTextField, { props: { label: '手机号', modelValue: '', hint: '11 位' }, attrs: { autocomplete: 'tel' } })
  const input = field.find('input')
  expect(field.find('label').attributes('for')).toBe(input.attributes('id'))
  expect(input.attributes('autocomplete')).toBe('tel')
  await field.setProps({ error: '号码有误' })
  expect(input.attributes('aria-invalid')).toBe('true')
  expect(document.getElementById(input.attributes('aria-describedby')!) ?? field.find('[role=alert]').element).toHaveProperty('textContent', '号码有误')
  await input.setValue('138')
  expect(field.emitted('update:modelValue')).toEqual([['138']])
})

test('a select offers its options and reports the chosen one', async () => {
  const select = mount(UiSelect, { props: { label: '排序', modelValue: 'a', options: [{ value: 'a', name: 'A' }, { value: 'b', name: 'B' }] } })
  await select.find('select').setValue('b')
  expect(select.emitted('update:modelValue')).toEqual([['b']])
})

test('a checkbox can stand half-ticked', async () => {
  const box = mount(UiCheckbox, { props: { label: 'all', modelValue: false, mixed: true } })
  await nextTick()
  expect(box.find('input').element.indeterminate).toBe(true)
  await box.find('input').setValue(true)
  expect(box.emitted('update:modelValue')).toEqual([[true]])
})

test('areas are chosen from above and end in a district code', async () => {
  const picker = mount(AreaPicker, { props: { modelValue: '', 'onUpdate:modelValue': (value: string) => picker.setProps({ modelValue: value }) } })
  await vi.waitFor(() => expect(picker.findAll('option').length).toBeGreaterThan(30))
  const [province, city, district] = picker.findAll('select')
  await province!.setValue('440000')
  await city!.setValue('440300')
  expect(picker.props('modelValue')).toBe('')
  await district!.setValue('440305')
  expect(picker.props('modelValue')).toBe('440305')
})

test('an address is checked before it is saved, and cleaned', async () => {
  const save = vi.fn(() => Promise.resolve())
  const form = mount(AddressForm, { props: { save, address: { recipient: ' 李雷 ', phone: '+86 138-0013-8000', area_code: '440305', street: '', postcode: '', is_default: false } } })
  await form.trigger('submit')
  expect(save).not.toHaveBeenCalled()
  expect(form.text()).toContain('至少 4 个字的详细地址')
  await form.find('input[autocomplete=street-address]').setValue('科技园 1 号楼')
  await form.trigger('submit')
  expect(save).toHaveBeenCalledWith({ recipient: '李雷', phone: '13800138000', area_code: '440305', street: '科技园 1 号楼', postcode: '', is_default: false })
})

test('the language switch is a link to the same page in the other language', () => {
  const link = mount(LanguageSwitch, { props: { hrefs: { zh: '/p/1', en: '/en/p/1' } } }).find('a')
  expect(link.attributes()).toMatchObject({ href: '/en/p/1', hreflang: 'en-GB', lang: 'en-GB' })
  expect(link.text()).toBe('English')
  link.element.addEventListener('click', (event) => event.preventDefault())
  link.element.click()
  expect(document.cookie).toContain('jishi_locale=en')
})

test('the theme switch goes round and marks the page', async () => {
  const button = mount(ThemeSwitch)
  await button.trigger('click')
  expect(document.documentElement.getAttribute('data-theme')).toBe('light')
  await button.trigger('click')
  expect(document.documentElement.getAttribute('data-theme')).toBe('dark')
  await button.trigger('click')
  expect(document.documentElement.hasAttribute('data-theme')).toBe(false)
})

test('a growing list offers a button, and after a failure a retry', async () => {
  const more = mount(UiMore, { props: { more: true, busy: false, failed: true } })
  await more.find('button').trigger('click')
  expect(more.emitted('more')).toHaveLength(1)
  expect(more.text()).toBe('重试')
  await more.setProps({ more: false })
  expect(more.text()).toBe('已经到底了')
})

test('bad news is announced, good news politely', () => {
  expect(mount(UiNotice, { props: { tone: 'bad' }, slots: { default: 'x' } }).attributes('role')).toBe('alert')
  expect(mount(UiNotice, { props: { tone: 'good' }, slots: { default: 'x' } }).attributes('role')).toBe('status')
})

test('an empty state says what to do next; a skeleton says nothing', () => {
  const empty = mount(UiEmptyState, { props: { title: '购物车是空的', text: '去逛逛' }, slots: { default: () => h(UiButton, { to: '/' }, () => '首页') } })
  expect(empty.find('a').attributes('href')).toBe('/')
  expect(mount(UiSkeleton).attributes('aria-hidden')).toBe('true')
  expect(mount(UiBadge, { slots: { default: '新' } }).text()).toBe('新')
})

test('words follow the language of the app', () => {
  const Host = defineComponent(() => () => h(QuantityStepper, { modelValue: 1 }))
  expect(mount(Host, inLocale('en')).find('[role=group]').attributes('aria-label')).toBe('Quantity')
  expect(mount(Host).find('[role=group]').attributes('aria-label')).toBe('数量')
})
