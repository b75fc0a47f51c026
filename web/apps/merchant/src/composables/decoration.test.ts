import { describe, expect, it } from 'vitest'
import type { DecorationBlock } from '../api/types'
import type { Edited } from './decoration'
import { editedOf, emptyBlock, KINDS, lackOf, pictureOf, storedOf } from './decoration'

const picture = { media_id: 'm', alt: { zh: '', en: '' }, product_id: null, store_category_id: null }

describe('a block that is edited', () => {
  it('is told apart from others of the same kind', () => {
    expect(emptyBlock('notice').key).not.toBe(emptyBlock('notice').key)
  })

  it('comes back as it was stored, without what is the editor\'s own', () => {
    const stored: DecorationBlock[] = [{ kind: 'notice', title: { zh: '公告', en: '' }, text: { zh: '', en: '' }, pictures: [], product_ids: [], rule: null, store_category_id: null }]
    const edited = editedOf(stored)
    expect(storedOf(edited)).toEqual(stored)
    edited[0]!.title.zh = '改了'
    expect(stored[0]!.title.zh).toBe('公告')
  })

  it('begins with nothing, and every kind lacks something but a row that fills itself', () => {
    expect(KINDS.map((kind) => [kind, lackOf(emptyBlock(kind))])).toEqual([
      ['banners', 'pictures'],
      ['chosen_products', 'products'],
      ['ruled_products', undefined],
      ['picture_text', 'pictures'],
      ['two_pictures', 'pictures'],
      ['notice', 'words'],
    ])
  })

  it.each<[string, Partial<Edited> & Pick<Edited, 'kind'>, string | undefined]>([
    ['one of two pictures', { kind: 'two_pictures', pictures: [picture] }, 'pictures'],
    ['both pictures', { kind: 'two_pictures', pictures: [picture, picture] }, undefined],
    ['six banners', { kind: 'banners', pictures: Array.from({ length: 6 }, () => picture) }, 'pictures'],
    ['a picture without words', { kind: 'picture_text', pictures: [picture] }, 'words'],
    ['a picture with a title', { kind: 'picture_text', pictures: [picture], title: { zh: '手作', en: '' } }, undefined],
    ['a row of no category', { kind: 'ruled_products', rule: 'store_category' }, 'category'],
  ])('knows what it lacks: %s', (_, given, lack) => {
    expect(lackOf({ ...emptyBlock(given.kind), ...given })).toBe(lack)
  })
})

it('takes a picture that was uploaded', () => {
  const image = { src: '', width: 1, height: 1, alt: '', srcset_webp: '', srcset_avif: '' }
  expect(pictureOf({ id: 'm', kind: 'image', image, video: null })).toEqual(picture)
})
