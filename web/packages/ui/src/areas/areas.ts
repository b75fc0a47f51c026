/** The six-digit codes of the districts of China: two digits province, two city, two district. */
export interface AreaNames {
  province_list: Record<string, string>
  city_list: Record<string, string>
  county_list: Record<string, string>
}

export interface AreaOption {
  value: string
  name: string
}

export interface AreaChoice {
  province: string
  city: string
  district: string
}

const NONE: AreaChoice = { province: '', city: '', district: '' }

function options(names: Record<string, string>, prefix: string): AreaOption[] {
  return Object.entries(names)
    .filter(([code]) => code.startsWith(prefix))
    .map(([value, name]) => ({ value, name }))
}

export function provinces(areas: AreaNames): AreaOption[] {
  return options(areas.province_list, '')
}

/** The cities of a province code; none for an empty code. */
export function citiesOf(areas: AreaNames, province: string): AreaOption[] {
  return province ? options(areas.city_list, province.slice(0, 2)) : []
}

/** The districts of a city code; none for an empty code. */
export function districtsOf(areas: AreaNames, city: string): AreaOption[] {
  return city ? options(areas.county_list, city.slice(0, 4)) : []
}

/** Province, city and district of a district code; all empty when it is not one of ours. */
export function choiceOf(areas: AreaNames, area_code: string): AreaChoice {
  if (!areas.county_list[area_code]) return NONE
  return { province: `${area_code.slice(0, 2)}0000`, city: `${area_code.slice(0, 4)}00`, district: area_code }
}

/** The choice after picking on one level: what stands below starts anew, and is filled in when there is only one. */
export function chooseArea(areas: AreaNames, choice: AreaChoice, level: keyof AreaChoice, value: string): AreaChoice {
  if (level === 'district') return { ...choice, district: value }
  const province = level === 'province' ? value : choice.province
  const cities = citiesOf(areas, province)
  const city = level === 'city' ? value : cities.length === 1 ? (cities[0]?.value ?? '') : ''
  const districts = districtsOf(areas, city)
  return { province, city, district: districts.length === 1 ? (districts[0]?.value ?? '') : '' }
}
