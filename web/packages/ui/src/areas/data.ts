// 70 kB of names: import this module only where an address is written, never statically from a page.
import { areaList } from '@vant/area-data'
import type { AreaNames } from './areas'

export const AREAS: AreaNames = areaList
