import { csrfToken, problemOf, offlineProblem } from '@jishi/api'
import type { Media } from './types'

export type Upload<Answer = Media> = (file: File, onProgress: (percent: number) => void) => Promise<Answer>

/** Send files to an address and tell how much has gone; `fetch` cannot. Raises: ShopProblem. */
export function makeUpload<Answer = Media>(address: string, surroundings: { language: () => string; cookies: () => string }): Upload<Answer> {
  return (file, onProgress) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      const body = new FormData()
      body.append('file', file)
      request.open('POST', address)
      request.setRequestHeader('Accept-Language', surroundings.language())
      request.setRequestHeader('X-CSRFToken', csrfToken(surroundings.cookies()) ?? '')
      request.upload.onprogress = (event) => event.lengthComputable && onProgress(Math.round((event.loaded / event.total) * 100))
      request.onerror = () => reject(offlineProblem())
      request.onload = () => {
        if (request.status < 300) resolve(JSON.parse(request.responseText) as Answer)
        else void problemOf(new Response(request.responseText, { status: request.status, headers: { 'Content-Type': request.getResponseHeader('Content-Type') ?? '' } })).then(reject)
      }
      request.send(body)
    })
}
