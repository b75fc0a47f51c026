/** A picture as the shop's API tells of it. The sets of addresses may be missing: the shop's own pictures need none. */
export interface Picture {
  src: string
  width: number
  height: number
  alt: string
  srcset_webp?: string
  srcset_avif?: string
}

/** What a picture is loaded from. */
export interface PictureSources {
  /** For nearly every browser: the same picture in several widths. */
  avif: string
  /** For the others, one of a width that does everywhere. */
  src: string
}

// How the shop stores a picture; jishi/offering/media/rules.py says the same, and tests hold both to one list of cases.
const WIDTHS = [240, 480, 960, 1600]
const CLOSE = 1.3
const OWN = /^(.+\/)(\d+)\.webp$/
const PLAIN_WIDTH_MAX = 960

/** The widths that a picture so wide is kept in, all in pixels. */
export function widthsOf(width: number): number[] {
  const widest = Math.min(width, Math.max(...WIDTHS))
  const between = WIDTHS.filter((step) => step * CLOSE <= widest)
  return [...new Set([Math.min(...WIDTHS), ...between, widest])].sort((one, other) => one - other)
}

/** Where to load a picture from; `widthMax` is the widest that its place can use. */
export function sourcesOf(image: Picture, widthMax = Infinity): PictureSources {
  const [, folder, widest] = OWN.exec(image.src) ?? []
  if (folder === undefined || Number(widest) !== image.width) return { avif: image.srcset_avif ?? '', src: image.src }
  const widths = widthsOf(image.width)
  // The smallest one that fills the place stays, however much wider it is.
  const enough = widths.find((width) => width >= widthMax) ?? image.width
  const used = widths.filter((width) => width <= enough)
  const plain = used.findLast((width) => width <= PLAIN_WIDTH_MAX) ?? image.width
  return { avif: used.map((width) => `${folder}${width}.avif ${width}w`).join(', '), src: `${folder}${plain}.webp` }
}
