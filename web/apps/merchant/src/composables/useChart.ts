import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import type { EChartsCoreOption, EChartsType } from 'echarts/core'
import { init, use } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import type { Ref } from 'vue'
import { onBeforeUnmount, onMounted, watch } from 'vue'
import type { Palette } from './charts'

use([LineChart, BarChart, GridComponent, TooltipComponent, CanvasRenderer])

/** A token as a canvas takes it: the browser resolves the theme. */
function resolved(host: HTMLElement, token: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(--jishi-${token})`
  host.append(probe)
  const colour = getComputedStyle(probe).color
  probe.remove()
  return colour
}

function paletteOf(host: HTMLElement): Palette {
  return {
    accent: resolved(host, 'accent'),
    soft: resolved(host, 'accent-soft'),
    ink: resolved(host, 'ink-soft'),
    line: resolved(host, 'line'),
    surface: resolved(host, 'surface-raised'),
    font: getComputedStyle(host).fontFamily,
  }
}

/** Draw what `option` returns into `host`: anew when it changes, when the theme does and when there is another size. */
export function useChart(host: Ref<HTMLElement | null>, option: (palette: Palette) => EChartsCoreOption): void {
  let chart: EChartsType | undefined
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches

  function draw(): void {
    if (host.value && chart) chart.setOption({ animation: !isCalm, animationDuration: 200, ...option(paletteOf(host.value)) }, true)
  }
  const sizes = new ResizeObserver(() => chart?.resize())
  const theme = new MutationObserver(draw)

  onMounted(() => {
    if (!host.value) return
    chart = init(host.value)
    draw()
    sizes.observe(host.value)
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    dark.addEventListener('change', draw)
  })
  watch(() => host.value && option(paletteOf(host.value)), draw)
  onBeforeUnmount(() => {
    sizes.disconnect()
    theme.disconnect()
    dark.removeEventListener('change', draw)
    chart?.dispose()
  })
}
