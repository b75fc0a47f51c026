import { expect, test } from 'vitest'
import { useForm } from './useForm'

const make = () =>
  useForm({ name: '', age: '' }, () => ({
    name: ({ name }) => (name ? '' : 'name it'),
    age: ({ age }) => (/^\d+$/.test(age) ? '' : 'a number'),
  }))

test('nothing is complained about before a field was left', () => {
  const form = make()
  expect(form.errorOf('name')).toBe('')
  expect(form.isValid.value).toBe(false)
  form.touch('name')
  expect(form.errorOf('name')).toBe('name it')
  expect(form.errorOf('age')).toBe('')
})

test('the message follows the typing', () => {
  const form = make()
  form.touch('age')
  form.values.age = 'x'
  expect(form.errorOf('age')).toBe('a number')
  form.values.age = '7'
  expect(form.errorOf('age')).toBe('')
})

test('a form with mistakes is not sent and shows them all', async () => {
  const form = make()
  let sent = 0
  expect(
    await form.submit(() => {
      sent += 1
      return Promise.resolve()
    }),
  ).toBe(false)
  expect(sent).toBe(0)
  expect(form.errorOf('name')).toBe('name it')
  expect(form.errorOf('age')).toBe('a number')
})

test('a failed sending keeps the contents and can be tried again', async () => {
  const form = make()
  Object.assign(form.values, { name: 'Li', age: '7' })
  await expect(form.submit(() => Promise.reject(new Error('down')))).rejects.toThrow('down')
  expect(form.values).toEqual({ name: 'Li', age: '7' })
  expect(form.busy.value).toBe(false)
  expect(await form.submit(() => Promise.resolve())).toBe(true)
})

test('a second press while sending does nothing', async () => {
  const form = make()
  Object.assign(form.values, { name: 'Li', age: '7' })
  let release = () => {}
  const first = form.submit(() => new Promise<void>((done) => (release = done)))
  expect(form.busy.value).toBe(true)
  expect(await form.submit(() => Promise.resolve())).toBe(false)
  release()
  expect(await first).toBe(true)
})

test('what the server refused stands under its field until that field changes', () => {
  const form = make()
  form.values.name = 'Li'
  form.refuse('name', 'taken')
  expect(form.errorOf('name')).toBe('taken')
  form.values.name = 'Liu'
  expect(form.errorOf('name')).toBe('')
})
