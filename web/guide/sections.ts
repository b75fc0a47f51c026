import { marked } from 'marked'

/** One question of the guide with its answer. */
export interface GuideSection {
  id: string
  title: string
  html: string
}

/** What one page of the guide says to one role. */
export interface Guide {
  title: string
  intro: string
  sections: GuideSection[]
}

const HEADING = /^(.+?) \{#([a-z-]+)\}$/
// Inside the product the pictures would show what is in front of the reader.
const PICTURE = /^!\[.*$/gm

/** Compile a page of the guide. Every section names itself: `## Title {#name}`. */
export function compileGuide(markdown: string): Guide {
  const [head = '', ...parts] = markdown.replace(PICTURE, '').split(/^## /m)
  const [title = '', ...intro] = head.trim().split('\n')
  return { title: title.replace(/^# /, ''), intro: intro.join(' ').trim(), sections: parts.map(compileSection) }
}

function compileSection(part: string): GuideSection {
  const [first = '', ...lines] = part.split('\n')
  const [, title, id] = HEADING.exec(first.trim()) ?? []
  if (!title || !id) throw new Error(`the guide has a section without a name: ${first}`)
  return { id, title, html: marked.parse(lines.join('\n'), { async: false }).trim() }
}
