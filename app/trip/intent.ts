import type { HttpContext } from '@adonisjs/core/http'
import type { Intent } from '#models/sign_in_attempt'
import type { FailureName } from '#trip/failure'

export type IntentChoice =
  { ok: true; intent: Intent } | { ok: false; intent: Intent; failure: FailureName }

/**
 * What a start button may ask for, by who presses it. Connecting a provider,
 * consenting anew and being recognised again are for who is signed in; connecting also wants a
 * recent sign-in, because whoever connects can come back. A form that is not
 * from our pages is a plain sign-in.
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
