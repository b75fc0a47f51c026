import { expect, test } from 'vitest'
import { ref } from 'vue'
import { useSkuChoice } from './useSkuChoice'

const axes = [
  { code: 'colour', values: [{ code: 'red' }, { code: 'blue' }] },
  { code: 'size', values: [{ code: 's' }, { code: 'm' }, { code: 'l' }] },
]
const sku = (colour: string, size: string, in_stock = true) => ({ id: `${colour}-${size}`, choice: { colour, size }, in_stock })
const shirt = { axes, skus: [sku('red', 's', false), sku('red', 'm'), sku('blue', 'm', false), sku('blue', 'l')] }

test('starts with the first SKU in stock', () => {
  const { sku: chosen, choice } = useSkuChoice(() => shirt)
  expect(chosen.value?.id).toBe('red-m')
  expect(choice.value).toEqual({ colour: 'red', size: 'm' })
})

test('starts with the SKU that the address names', () => {
  expect(useSkuChoice(() => shirt, () => 'blue-l').sku.value?.id).toBe('blue-l')
})

test('combinations that do not exist cannot be chosen', () => {
  const { stateOf, choose, sku: chosen } = useSkuChoice(() => shirt)
  expect(stateOf('size', 's')).toBe('sold_out')
  expect(stateOf('size', 'm')).toBe('possible')
  expect(stateOf('size', 'l')).toBe('impossible')
  choose('size', 'l')
  expect(chosen.value?.id).toBe('red-m')
})

test('an earlier choice is never blocked by a later one, which moves instead', () => {
  const { stateOf, choose, sku: chosen } = useSkuChoice(() => shirt, () => 'red-s')
  expect(stateOf('colour', 'blue')).toBe('possible')
  choose('colour', 'blue')
  expect(chosen.value?.id).toBe('blue-l')
})

test('a later choice that still exists is kept, even sold out', () => {
  const { choose, sku: chosen } = useSkuChoice(() => shirt)
  choose('colour', 'blue')
  expect(chosen.value?.id).toBe('blue-m')
  expect(chosen.value?.in_stock).toBe(false)
})

test('a product without sale attributes has its one SKU chosen', () => {
  const plain = { axes: [], skus: [{ id: 'one', choice: {}, in_stock: true }] }
  expect(useSkuChoice(() => plain).sku.value?.id).toBe('one')
})

test('another product starts afresh', async () => {
  const product = ref(shirt)
  const { sku: chosen } = useSkuChoice(() => product.value)
  product.value = { axes, skus: [sku('blue', 's')] }
  await Promise.resolve()
  expect(chosen.value?.id).toBe('blue-s')
})
