import type { BehaviourPlacement } from '@jishi/api'
import type { Told } from './gatherer'

/** How much of a card must be in view, and for how long, until it was seen. */
const SHARE_IN_VIEW = 0.5
const SEEN_AFTER_MS = 1_000
const CARD = 'article.card'
const PRODUCT = /\/p\/([^/?#]+)/
const PLACEMENTS: readonly BehaviourPlacement[] = ['home', 'product', 'cart', 'paid', 'empty', 'search', 'category', 'store', 'favourites', 'history']
const MODEL = /^[A-Za-z0-9._:-]{1,40}$/
const POSITION_MAX = 9_999

export type Whence = Pick<Told, 'product_id' | 'placement' | 'model' | 'arm' | 'position'>

/** The product that a link leads to: a page of sixty cards says each id often enough as it is. */
const productOf = (link: Element | null | undefined) => PRODUCT.exec(link?.getAttribute('href') ?? '')?.[1]

/** Where a card stands: its list may say so by `data-placement`, `data-model` and `data-arm`; else the page does. */
export function placeOf(card: HTMLElement, page: string): Whence {
  const said = (name: 'placement' | 'model' | 'arm') => card.closest<HTMLElement>(`[data-${name}]`)?.dataset[name] ?? ''
  const placement = said('placement') || page
  const [model, arm] = [said('model'), said('arm')]
  const list = card.closest('[data-placement], ul, ol')
  const position = list ? [...list.querySelectorAll(CARD)].indexOf(card) : 0
  return {
    product_id: productOf(card.querySelector('h3 a')) ?? '',
    placement: PLACEMENTS.find((known) => known === placement) ?? 'other',
    model: MODEL.test(model) ? model : '',
    arm: MODEL.test(arm) ? arm : '',
    position: Math.min(position, POSITION_MAX),
  }
}

/** Tell which product cards below `root` were seen and which were opened, also of those that come later. Returns the end. */
export function watchCards(root: HTMLElement, page: () => string, tell: (event: Told) => void): () => void {
  const timers = new Map<Element, ReturnType<typeof setTimeout>>()
  const view = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        clearTimeout(timers.get(target))
        timers.delete(target)
        if (isIntersecting) timers.set(target, setTimeout(() => seen(target as HTMLElement), SEEN_AFTER_MS))
      }
    },
    { threshold: SHARE_IN_VIEW },
  )

  function seen(card: HTMLElement): void {
    timers.delete(card)
    view.unobserve(card)
    if (card.isConnected && document.visibilityState === 'visible') tell({ kind: 'impression', ...placeOf(card, page()) })
  }

  function look(within: Element): void {
    if (within.matches(CARD)) view.observe(within)
    for (const card of within.querySelectorAll(CARD)) view.observe(card)
  }

  function opened(event: MouseEvent): void {
    const target = event.target as Element
    const card = target.closest<HTMLElement>(CARD)
    if (card && productOf(target.closest('a'))) tell({ kind: 'click', ...placeOf(card, page()) })
  }

  const changes = new MutationObserver((found) => {
    for (const { addedNodes } of found) for (const node of addedNodes) if (node instanceof Element) look(node)
  })
  look(root)
  changes.observe(root, { childList: true, subtree: true })
  root.addEventListener('click', opened, { capture: true })
  return () => {
    view.disconnect()
    changes.disconnect()
    root.removeEventListener('click', opened, { capture: true })
    for (const timer of timers.values()) clearTimeout(timer)
  }
}
