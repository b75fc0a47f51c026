import { OFFLINE, ShopProblem } from '@jishi/api'
import { Refused } from '../api/accounts'
import { useText } from '../i18n'

const KNOWN = ['sign_in_needed', 'not_allowed', 'conflict'] as const

/** Say what happened, what was kept and what to do: the server's own words where it has some, else ours. */
export function useProblemText() {
  const { t } = useText()
  return (error: unknown): string => {
    if (error instanceof Refused) return error.message
    if (!(error instanceof ShopProblem)) throw error
    if (error.code === OFFLINE) return t('errors.offline')
    if (error.status === 429) return t('errors.too_fast', { seconds: error.retryAfterSeconds ?? 30 })
    if (error.problem.detail && error.status < 500) return error.problem.detail
    const known = KNOWN.find((code) => code === error.code)
    return t(known ? `errors.${known}` : 'errors.unknown')
  }
}
