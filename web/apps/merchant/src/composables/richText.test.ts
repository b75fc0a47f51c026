import { Editor } from '@tiptap/core'
import { describe, expect, it } from 'vitest'
import { extensions, isRich, kept, linkOf } from './richText'

const through = (html: string) => {
  const editor = new Editor({ element: document.createElement('div'), extensions, content: html, injectCSS: false })
  const found = editor.getHTML()
  editor.destroy()
  return found
}

describe('texts in the editor', () => {
  it.each([
    '<h2>泡法</h2><p>水温 <strong>85 度</strong>,<em>三分钟</em>。</p>',
    '<ul><li><p>一</p></li><li><p>二</p></li></ul>',
    '<ol><li><p>one</p></li></ol>',
    '<blockquote><p>said</p></blockquote><hr>',
    '<p><a href="https://example.com/a">more</a></p>',
    '<p><u>a</u><s>b</s><code>c</code></p>',
  ])('come out as they went in: %s', (html) => {
    expect(isRich(html)).toBe(true)
    expect(through(html)).toBe(html)
  })

  it('keep pictures and tables', () => {
    expect(through('<img src="/media/a.webp" alt="壶">')).toContain('<img src="/media/a.webp" alt="壶"')
    const table = through('<table><tbody><tr><th>宽</th><td>12</td></tr></tbody></table>')
    expect(table).toMatch(/<table.*<th.*宽.*<td.*12/)
    expect(isRich(table.replace(/<colgroup>.*<\/colgroup>/, ''))).toBe(true)
  })

  it.each(['<figure><img src="/media/a.webp"><figcaption>x</figcaption></figure>', '<p>H<sub>2</sub>O</p>', '<div>a</div>'])('that it does not know stay HTML: %s', (html) => {
    expect(isRich(html)).toBe(false)
  })

  it('never keep what runs', () => {
    expect(through('<p onclick="x()">a</p><script>x()</script>')).toBe('<p>a</p>')
    expect(through('<p><a href="javascript:x()">a</a></p>')).not.toContain('javascript')
  })

  it('are nothing when empty', () => {
    expect(kept(through(''))).toBe('')
    expect(kept('<p>a</p>')).toBe('<p>a</p>')
  })
})

describe('links', () => {
  it.each([
    ['example.com/a', 'https://example.com/a'],
    [' https://example.com ', 'https://example.com'],
    ['http://example.com', undefined],
    ['javascript:alert(1)', undefined],
    ['nowhere', undefined],
    ['', undefined],
  ])('%s becomes %s', (written, expected) => {
    expect(linkOf(written)).toBe(expected)
  })
})
