import { ref } from 'vue'

/** Told by what shared a product, heard by who reports behaviour, if anybody does. */
export const SHARED = 'jishi:shared'

/** What of a browser sharing needs; a test brings its own. */
export interface Device {
  share?: (what: { title: string; url: string }) => Promise<void>
  clipboard?: Pick<Clipboard, 'writeText'>
}

/** Share the page of a product: with the device's own sheet where it has one, else with a link and a code. */
export function useShare(product: () => { id: string; title: string }, device: () => Device = () => navigator) {
  const isOpen = ref(false)
  /** The page's address without what only this visit put into it. */
  const link = () => `${location.origin}${location.pathname}`
  const tell = () => void document.dispatchEvent(new CustomEvent(SHARED, { detail: product().id }))

  async function share(): Promise<void> {
    const own = device()
    if (!own.share) {
      isOpen.value = true
      return
    }
    try {
      await own.share({ title: product().title, url: link() })
      tell()
    } catch (error) {
      // Who closes the sheet has changed his mind; where it does not open, the link is left.
      isOpen.value = (error as Error).name !== 'AbortError'
    }
  }

  /** Returns whether the link is in the clipboard; a browser may refuse, then it can be selected by hand. */
  async function copy(): Promise<boolean> {
    try {
      await device().clipboard?.writeText(link())
    } catch {
      return false
    }
    if (!device().clipboard) return false
    tell()
    return true
  }
  return { isOpen, link, share, copy }
}
