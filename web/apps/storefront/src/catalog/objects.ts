// The 3-D objects (fluent-emoji-3d, MIT) that a category may be shown with, by Unicode code point; the build puts
// their pictures beside the scripts. A category's icon may as well be the address of a picture.
const GOODS = `
1f3a7 1f4f1 1f4bb 1f4f7 1f3ae 231a 1f4fa 1f50a 1f4fb 1f5a8-fe0f
1f6cb-fe0f 1fa91 1f6cf-fe0f 1fab4 1f56f-fe0f 1f4a1 1f373 1f37d-fe0f 1f9f9 1f9fa 1fa9e
1f375 2615 1f36a 1f370 1f34e 1f35c 1f36b 1f377 1f95b 1f969 1f41f 1f33e 1f36f 1fad6
1f484 1f9f4 1f485 1f9fc 1f48d 1f48e 1f455 1f456 1f457 1f45f 1f460 1f45c 1f392 1f453 1f9e2 1f9e3
26fa 26bd 1f3c0 1f3be 1f3d3 1f6b2 1f97e 1f9f8 1f680 1f3a8 1f37c 1f3b2 1f4da 270f-fe0f 1f4d2 1f3b8 1f3b9
1f50c 1f431 1f436 1f43e 1f331 1f33b 1f697 1f6e0-fe0f 1f9f3 1f48a 1fa7a 1f381 1f4bc
`

/** The code points that have a picture. */
export const OBJECTS: ReadonlySet<string> = new Set(GOODS.split(/\s+/).filter(Boolean))

/** Where the picture of a category is found: its own address, one of our objects, or nowhere. */
export function iconAddress(icon: string | null, base: string): string | undefined {
  if (!icon) return undefined
  if (icon.startsWith('/') || icon.startsWith('https://')) return icon
  return OBJECTS.has(icon) ? `${base}objects/${icon}.webp` : undefined
}
