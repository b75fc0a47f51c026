import { expect, test } from 'vitest'
import { choiceOf, chooseArea, citiesOf, districtsOf, provinces } from './areas'
import { AREAS } from './data'

test('all of China is there, Hong Kong, Macao and Taiwan too', () => {
  const names = provinces(AREAS).map(({ name }) => name)
  expect(names).toHaveLength(34)
  expect(names).toContain('北京市')
  expect(names).toContain('台湾省')
})

test('cities and districts follow their parent', () => {
  expect(citiesOf(AREAS, '440000').map(({ name }) => name)).toContain('深圳市')
  expect(districtsOf(AREAS, '440300').map(({ name }) => name)).toContain('南山区')
  expect(citiesOf(AREAS, '')).toEqual([])
})

test('every city has a district, so that every address can be written', () => {
  const empty = Object.keys(AREAS.city_list).filter((city) => districtsOf(AREAS, city).length === 0)
  expect(empty).toEqual([])
})

test('a district code gives back its whole path', () => {
  expect(choiceOf(AREAS, '440305')).toEqual({ province: '440000', city: '440300', district: '440305' })
  expect(choiceOf(AREAS, '999999')).toEqual({ province: '', city: '', district: '' })
})

test('choosing a province forgets the city below it, unless there is only one', () => {
  const before = choiceOf(AREAS, '440305')
  expect(chooseArea(AREAS, before, 'province', '330000')).toEqual({ province: '330000', city: '', district: '' })
  expect(chooseArea(AREAS, before, 'province', '110000')).toEqual({ province: '110000', city: '110100', district: '' })
  expect(chooseArea(AREAS, before, 'city', '440100')).toEqual({ province: '440000', city: '440100', district: '' })
  expect(chooseArea(AREAS, before, 'district', '440303').district).toBe('440303')
})
