import { expect, test } from 'vitest'
import { sourcesOf, widthsOf } from './picture'
import cases from './picture-widths.json'

test.each(cases)('a picture $width pixels wide is kept in $kept', ({ width, kept }) => {
  expect(widthsOf(width)).toEqual(kept)
})

const own = (width: number) => ({ src: `/media/b1/7aa2/${width}.webp`, width, height: width, alt: '' })

test('the addresses of a picture of ours are made from the one that is known', () => {
  expect(sourcesOf(own(620))).toEqual({ avif: '/media/b1/7aa2/240.avif 240w, /media/b1/7aa2/620.avif 620w', src: '/media/b1/7aa2/620.webp' })
})

test('a small place is offered nothing wider than it can use', () => {
  expect(sourcesOf(own(1600), 960).avif).toMatch(/960w$/)
  expect(sourcesOf(own(1247), 960).avif).toMatch(/480w, \S+ 1247w$/)
})

test('a browser that knows one format only is not given more than it needs', () => {
  expect(sourcesOf(own(1600)).src).toBe('/media/b1/7aa2/960.webp')
})

test('a picture from elsewhere is taken as it is', () => {
  const other = { src: 'https://pictures.example/a.webp', width: 800, height: 800, alt: '', srcset_avif: 'https://pictures.example/a.avif 800w' }
  expect(sourcesOf(other)).toEqual({ avif: other.srcset_avif, src: other.src })
  expect(sourcesOf({ ...own(960), width: 800 }).avif).toBe('')
})
