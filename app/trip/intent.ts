import type { HttpContext } from '@adonisjs/core/http'
import type { Intent } from '#models/sign_in_attempt'
import type { FailureName } from '#trip/failure'

export type IntentChoice =
  { ok: true; intent: Intent } | { ok: false; intent: Intent; failure: FailureName }

/**
 * Decides which intent a start button may have, depending on who presses it. Linking a
 * provider, renewing consent and reauthenticating require a signed-in user; linking also
 * requires a recent sign-in, because a linked account can sign in later. A form that does
 * not come from our pages is a plain sign-in.
 */
export function chooseIntent({ auth }: HttpContext, asked: unknown): IntentChoice {
  if (asked === 'prove') return { ok: true, intent: 'prove' }
  if (asked !== 'link' && asked !== 'reauthenticate' && asked !== 'reconsent') {
    return { ok: true, intent: 'sign_in' }
  }

  if (!auth.isAuthenticated) return { ok: false, intent: 'sign_in', failure: 'person_changed' }
  if (asked === 'link' && !auth.use('web').isRecent) {
    return { ok: false, intent: 'reauthenticate', failure: 'sign_in_not_recent' }
  }
  return { ok: true, intent: asked }
}
