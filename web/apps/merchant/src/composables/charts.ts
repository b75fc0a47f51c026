import type { Locale } from '@jishi/ui'
import { formatCount, formatMoney } from '@jishi/ui'
import type { BestSeller, DaySales } from '../api/types'

/** The colours of a chart, as a canvas takes them. */
export interface Palette {
  accent: string
  soft: string
  ink: string
  line: string
  surface: string
  font: string
}

const MINOR = 100
const TITLE_MAX = 14

/** A day of the year without its year: 11-24. */
export function shortDay(day: string): string {
  return day.slice(5)
}

/** The days' sales as a line; the tip tells the orders too. */
export function trendOption(days: readonly DaySales[], palette: Palette, locale: Locale, words: { sales: string; orders: string }) {
  return {
    textStyle: { fontFamily: palette.font },
    grid: { left: 8, right: 16, top: 24, bottom: 8, containLabel: true },
    tooltip: {
      trigger: 'axis' as const,
      renderMode: 'richText' as const,
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.ink },
      formatter: (points: unknown) => tip(days[(points as { dataIndex: number }[])[0]?.dataIndex ?? 0], locale, words),
    },
    xAxis: { type: 'category' as const, data: days.map((one) => shortDay(one.day)), axisLabel: { color: palette.ink, hideOverlap: true }, axisLine: { lineStyle: { color: palette.line } }, axisTick: { show: false } },
    yAxis: { type: 'value' as const, minInterval: 1, axisLabel: { color: palette.ink, formatter: (value: number) => `¥${formatCount(Math.trunc(value), locale)}` }, splitLine: { lineStyle: { color: palette.line } } },
    series: [
      {
        type: 'line' as const,
        name: words.sales,
        data: days.map((one) => one.sales.amount_minor / MINOR),
        symbol: 'circle',
        symbolSize: 6,
        showSymbol: false,
        lineStyle: { color: palette.accent, width: 2 },
        itemStyle: { color: palette.accent },
        areaStyle: { color: palette.soft },
      },
    ],
  }
}

function tip(day: DaySales | undefined, locale: Locale, words: { sales: string; orders: string }): string {
  return day ? `${day.day}\n${words.sales} ${formatMoney(day.sales, locale)}\n${words.orders} ${day.orders}` : ''
}

/** The best sellers as bars, the best on top; they are numbered as in the list beside them. */
export function bestOption(best: readonly BestSeller[], palette: Palette, locale: Locale) {
  return {
    textStyle: { fontFamily: palette.font },
    grid: { left: 8, right: 72, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: 'value' as const, show: false },
    yAxis: { type: 'category' as const, inverse: true, data: best.map((one, index) => `${index + 1}  ${cut(one.title)}`), axisLabel: { color: palette.ink }, axisLine: { show: false }, axisTick: { show: false } },
    series: [
      {
        type: 'bar' as const,
        silent: true,
        data: best.map((one) => one.sales.amount_minor / MINOR),
        barMaxWidth: 18,
        itemStyle: { color: palette.accent, borderRadius: 4 },
        label: { show: true, position: 'right' as const, color: palette.ink, formatter: ({ dataIndex }: { dataIndex: number }) => `¥${formatCount(Math.trunc((best[dataIndex]?.sales.amount_minor ?? 0) / MINOR), locale)}` },
      },
    ],
  }
}

/** A title short enough for an axis. */
export function cut(title: string): string {
  const letters = [...title]
  return letters.length > TITLE_MAX ? `${letters.slice(0, TITLE_MAX - 1).join('')}…` : title
}

const DAY_MS = 86_400_000

/** The days from the first to the last, with those in between on which nothing was sold. */
export function everyDay(days: readonly DaySales[]): DaySales[] {
  const [first] = days
  const last = days.at(-1)
  if (!first || !last) return []
  const known = new Map(days.map((one) => [one.day, one]))
  const count = Math.round((Date.parse(last.day) - Date.parse(first.day)) / DAY_MS) + 1
  return Array.from({ length: count }, (_, at) => {
    const day = new Date(Date.parse(first.day) + at * DAY_MS).toISOString().slice(0, 10)
    return known.get(day) ?? { day, orders: 0, paid_orders: 0, sales: { ...first.sales, amount_minor: 0 } }
  })
}
