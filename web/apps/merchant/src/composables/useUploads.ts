import { ref } from 'vue'
import type { Upload } from '../api/upload'
import type { Media } from '../api/types'

/** A file on its way, or one that was refused. */
export interface Sending {
  key: number
  name: string
  percent: number
  words?: string
}

/** Send files one after the other; one that is refused is named and stops no other. */
export function useUploads<Answer = Media>(upload: Upload<Answer>, explain: (error: unknown) => string, arrived: (answer: Answer) => void) {
  const sending = ref<Sending[]>([])
  let last = 0

  async function send(files: readonly File[]): Promise<void> {
    const rows = files.map((file) => ({ key: (last += 1), name: file.name, percent: 0 }))
    sending.value = [...sending.value.filter((one) => !one.words), ...rows]
    for (const [index, file] of files.entries()) await sendOne(file, rows[index]?.key ?? 0)
  }

  async function sendOne(file: File, key: number): Promise<void> {
    try {
      const answer = await upload(file, (percent) => note(key, { percent }))
      forget(key)
      arrived(answer)
    } catch (error) {
      note(key, { words: explain(error) })
    }
  }
  const note = (key: number, part: Partial<Sending>) => (sending.value = sending.value.map((one) => (one.key === key ? { ...one, ...part } : one)))
  const forget = (key: number) => (sending.value = sending.value.filter((one) => one.key !== key))
  return { sending, send, forget }
}

/** The list with one of its things moved to another place. */
export function reordered<Thing>(things: readonly Thing[], from: number, to: number): Thing[] {
  const moved = [...things]
  const [thing] = moved.splice(from, 1)
  if (thing !== undefined) moved.splice(to, 0, thing)
  return moved
}
