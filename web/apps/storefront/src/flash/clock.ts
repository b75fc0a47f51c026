/** An instant of the server's clock by the clock of this browser, so that countdowns end when the sale begins. */
export function hereAt(at: string, server_now: string, read_ms: number): string {
  return new Date(Date.parse(at) + read_ms - Date.parse(server_now)).toISOString()
}
