// The order matters: Edge also says Chrome, and Chrome also says Safari.
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/MicroMessenger\//, 'WeChat'],
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/OPR\/|Opera/, 'Opera'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/HarmonyOS/, 'HarmonyOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]
const HANDHELD = new Set(['iPhone', 'iPad', 'Android', 'HarmonyOS'])

const first = (agent: string, names: typeof BROWSERS) => names.find(([pattern]) => pattern.test(agent))?.[1]

/** What a browser says of itself, as people would: “Chrome · Windows”; an empty name when it tells nothing. */
export function deviceOf(agent: string): { name: string; isHandheld: boolean } {
  const system = first(agent, SYSTEMS)
  const name = [first(agent, BROWSERS), system].filter(Boolean).join(' · ')
  return { name, isHandheld: HANDHELD.has(system ?? '') }
}
