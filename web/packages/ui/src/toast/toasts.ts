import { reactive } from 'vue'

export interface ToastAction {
  name: string
  run: () => void
}

export interface Toast {
  id: number
  text: string
  tone: 'info' | 'good' | 'bad'
  action?: ToastAction
}

export interface ToastWish {
  text: string
  tone?: Toast['tone']
  action?: ToastAction
  /** How long it stays; longer when there is something to press. */
  shown_ms?: number
}

const SHOWN_MS = 4000
const SHOWN_WITH_ACTION_MS = 8000
const TOASTS_MAX = 3

/** Short messages at the edge of the screen; the newest pushes the oldest out. One list for the whole page. */
export function makeToasts(later: (run: () => void, ms: number) => unknown = (run, ms) => setTimeout(run, ms)) {
  const toasts = reactive<Toast[]>([])
  let lastId = 0

  function dismiss(id: number): void {
    const index = toasts.findIndex((toast) => toast.id === id)
    if (index >= 0) toasts.splice(index, 1)
  }

  function show(wish: ToastWish): number {
    lastId += 1
    const id = lastId
    const toast: Toast = { id, text: wish.text, tone: wish.tone ?? 'info' }
    if (wish.action) toast.action = wish.action
    toasts.push(toast)
    while (toasts.length > TOASTS_MAX) toasts.shift()
    later(() => dismiss(id), wish.shown_ms ?? (wish.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS))
    return id
  }
  return { toasts, show, dismiss }
}

const shared = makeToasts()

/** The toasts of this page. Only for the browser: a server renders no toast. */
export function useToasts() {
  return shared
}
