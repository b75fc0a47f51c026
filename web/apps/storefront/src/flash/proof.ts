import type { Challenge } from '@jishi/api'

const BYTE = 8

/** Whether a digest begins with so many zero bits. */
export function beginsWithZeros(digest: Uint8Array, bits: number): boolean {
  const whole = Math.floor(bits / BYTE)
  if (digest.subarray(0, whole).some((byte) => byte !== 0)) return false
  return bits % BYTE === 0 || (digest[whole] ?? 0) >> (BYTE - (bits % BYTE)) === 0
}

/** Do the work before the gate: the first number whose SHA-256 with the challenge begins with enough zero bits. */
export async function prove(asked: Challenge): Promise<number> {
  const text = new TextEncoder()
  for (let nonce = 0; ; nonce += 1) {
    const digest = await crypto.subtle.digest('SHA-256', text.encode(`${asked.challenge}:${nonce}`))
    if (beginsWithZeros(new Uint8Array(digest), asked.bits)) return nonce
  }
}
