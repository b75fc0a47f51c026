import { expect, test } from 'vitest'
import type { BestSeller, DaySales } from '../api/types'
import type { Palette } from './charts'
import { bestOption, cut, trendOption } from './charts'

const palette: Palette = { accent: '#c00', soft: '#fee', ink: '#222', line: '#ddd', surface: '#fff', font: 'serif' }
const day = (date: string, minor: number): DaySales => ({ day: date, orders: 3, paid_orders: 2, sales: { amount_minor: minor, currency: 'CNY' } })

test('every day is a point, in yuan', () => {
  const option = trendOption([day('2026-11-23', 0), day('2026-11-24', 12_345)], palette, 'zh', { sales: '销售', orders: '订单' })
  expect(option.xAxis.data).toEqual(['11-23', '11-24'])
  expect(option.series[0]?.data).toEqual([0, 123.45])
  expect(option.tooltip.formatter([{ dataIndex: 1 }])).toBe('2026-11-24\n销售 ¥123.45\n订单 3')
})

test('the best seller is number one', () => {
  const best: BestSeller[] = [{ product_id: 'a', title: 'Teapot', image: null, pieces: 2, sales: { amount_minor: 990_000_000, currency: 'CNY' } }]
  const option = bestOption(best, palette, 'zh')
  expect(option.yAxis.data).toEqual(['1  Teapot'])
  expect(option.series[0]?.label.formatter({ dataIndex: 0 })).toBe('¥990万')
})

test('a long title is cut between letters', () => {
  expect(cut('一二三四五六七八九十一二三四五')).toBe('一二三四五六七八九十一二三…')
  expect(cut('short')).toBe('short')
})
