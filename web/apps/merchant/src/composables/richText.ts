import type { AnyExtension } from '@tiptap/core'
import Image from '@tiptap/extension-image'
import { TableKit } from '@tiptap/extension-table'
import StarterKit from '@tiptap/starter-kit'

/** What the editor knows to write. The server keeps more (see its list of tags); texts with that stay HTML. */
export const extensions: AnyExtension[] = [
  StarterKit.configure({
    heading: { levels: [2, 3, 4] },
    codeBlock: false,
    link: { openOnClick: false, autolink: false, defaultProtocol: 'https', protocols: ['https'], HTMLAttributes: { rel: null, target: null } },
  }),
  Image,
  TableKit.configure({ table: { resizable: false } }),
]

const KNOWN = new Set(['a', 'b', 'blockquote', 'br', 'code', 'em', 'h2', 'h3', 'h4', 'hr', 'i', 'img', 'li', 'ol', 'p', 's', 'strong', 'table', 'tbody', 'td', 'th', 'tr', 'u', 'ul'])

/** Whether the editor keeps all of a text; what it does not know it would lose. */
export function isRich(html: string): boolean {
  const found = new DOMParser().parseFromString(html, 'text/html').body.querySelectorAll('*')
  return [...found].every((one) => KNOWN.has(one.localName))
}

/** A link as it is kept, or undefined when it cannot be one: the server keeps https only. */
export function linkOf(written: string): string | undefined {
  const trimmed = written.trim()
  const address = /^[a-z][a-z0-9+.-]*:/i.test(trimmed) ? trimmed : `https://${trimmed}`
  if (!URL.canParse(address)) return undefined
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' && hostname.includes('.') ? address : undefined
}

/** What is kept of the editor's text: nothing when there is nothing to read or see. */
export const kept = (html: string) => (html === '<p></p>' ? '' : html)
