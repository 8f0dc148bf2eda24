import type { HttpContext } from '@adonisjs/core/http'
import type { Intent } from '#models/sign_in_attempt'
import type { FailureName } from '#trip/failure'

export type IntentChoice =
  | { ok: true; intent: Intent }
  /** `shownOn`: the trip whose starting page says so, where that is not the intent's own. */
  | { ok: false; intent: Intent; shownOn: Intent; failure: FailureName }

/**
 * Decides which intent a start button may have, depending on who presses it. Linking a
 * provider, renewing consent and reauthenticating require a signed-in user; linking also
 * requires a recent sign-in, because a linked account can sign in later. A proof needs no
 * session: `ProveByProvider` checks whose account it is. Any other value, or none, is a
 * plain sign-in.
 */
export function chooseIntent({ auth }: HttpContext, asked: unknown): IntentChoice {
  if (asked === 'prove') return { ok: true, intent: 'prove' }
  if (asked !== 'link' && asked !== 'reauthenticate' && asked !== 'reconsent') {
    return { ok: true, intent: 'sign_in' }
  }

  const intent = asked
  if (!auth.isAuthenticated) {
    return { ok: false, intent, shownOn: 'sign_in', failure: 'signed_out' }
  }
  if (intent === 'link' && !auth.use('web').isRecent) {
    return { ok: false, intent, shownOn: 'reauthenticate', failure: 'sign_in_not_recent' }
  }
  return { ok: true, intent }
}
