import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { ProductCard, starsText, UiRating, UiStars, UiSwitch, UiTextArea } from '../index'

test.each([
  [500, '5.0'],
  [487, '4.9'],
  [404, '4.0'],
  [100, '1.0'],
])('%i hundredths are written %s', (hundredths, text) => {
  expect(starsText(hundredths)).toBe(text)
})

test('a rating is one picture that says its figures', () => {
  const rating = mount(UiRating, { props: { hundredths: 350, count: 12 } })
  expect(rating.attributes('aria-label')).toBe('3.5 星，满分 5 星，12 条评价')
  // Three stars of 26 and half of the next star's 24.
  expect(rating.find('svg svg').attributes('width')).toBe('90')
  expect(mount(UiRating, { props: { hundredths: 350, count: 12, compact: true } }).text()).toBe('3.5(12)')
})

test('stars are given by radio buttons with names, and the verdict is shown', async () => {
  const stars = mount(UiStars, { props: { label: '评分', modelValue: 0, error: '请评分' }, attachTo: document.body })
  const radios = stars.findAll('input[type=radio]')
  expect(radios.map((radio) => radio.attributes('aria-label'))).toEqual(['1 星', '2 星', '3 星', '4 星', '5 星'])
  await radios[3]?.setValue()
  expect(stars.emitted('update:modelValue')).toEqual([[4]])
  await stars.setProps({ modelValue: 4, error: '' })
  expect(stars.text()).toContain('不错')
  stars.unmount()
})

test('a text area counts what is written and ends where it is full', async () => {
  const area = mount(UiTextArea, { props: { label: '内容', max: 5, modelValue: '茶香' } })
  expect(area.text()).toContain('2 / 5')
  expect(area.find('textarea').attributes('maxlength')).toBe('5')
})

test('a switch is heard as one', async () => {
  const toggle = mount(UiSwitch, { props: { label: '匿名', modelValue: false } })
  await toggle.find('[role=switch]').setValue(true)
  expect(toggle.emitted('update:modelValue')).toEqual([[true]])
})

test('a card shows what buyers think, else how much was sold', () => {
  const product = { id: 'p', title: '龙井', price: { amount_minor: 100, currency: 'CNY' }, list_price: null, image: null, merchant: { id: 'm', name: '青竹' }, in_stock: true, sold_count: 8, rating: null }
  expect(mount(ProductCard, { props: { product } }).text()).toContain('已售 8')
  const rated = mount(ProductCard, { props: { product: { ...product, rating: { average_hundredths: 460, count: 3 } } } })
  expect(rated.find('[role=img]').attributes('aria-label')).toBe('4.6 星，满分 5 星')
})
