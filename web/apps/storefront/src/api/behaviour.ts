import type { BehaviourEvent, makeClient } from '@jishi/api'
import { answerOf } from '@jishi/api'

type Client = ReturnType<typeof makeClient>

/** The version of the words that people are asked with. */
export const CONSENT_TEXT = '2026-11'

/** What is kept of what somebody does, and whether it may be. */
export function behaviour(client: Client) {
  const done = async (call: Promise<unknown>): Promise<void> => void (await call)
  return {
    consent: () => answerOf(client.GET('/api/v1/store/behaviour/consent')),
    sayConsent: (allowed: boolean) => answerOf(client.POST('/api/v1/store/behaviour/consent', { body: { allowed, text_version: CONSENT_TEXT } })),
    /** Outlives the page that sends it. */
    reportBehaviour: (events: BehaviourEvent[]) => done(client.POST('/api/v1/store/behaviour', { body: { events }, keepalive: true })),
    keptBehaviour: () => answerOf(client.GET('/api/v1/store/behaviour')),
    eraseBehaviour: () => done(client.DELETE('/api/v1/store/behaviour')),
  }
}
