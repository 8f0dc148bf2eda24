import type { HttpContext } from '@adonisjs/core/http'
import { browserSecret } from '#auth/browser'
import { hashToken, looksLikeToken, sameText } from '#auth/random_token'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import { browserMark, tripSecrets } from '#social/departure'
import type { TripSecrets } from '#social/driver'
import type { FailureName } from '#social/failure'

/** A callback that belongs to an attempt of this browser, taken for this request alone. */
export interface Arrived {
  ok: true
  attempt: SignInAttempt
  credential: ProviderCredential
  trip: TripSecrets
}

/** Refused; `attempt` is there once it is certain to be this browser's own. */
export interface Refused {
  ok: false
  failure: FailureName
  attempt: SignInAttempt | null
}

const LONGEST_CODE = 4_096

/**
 * Decides whether a callback may be answered with calls to the provider
 * (design.md §3.3). It comes from outside, so until it has shown a state that
 * left from this browser, nothing is written at all.
 */
export async function admit(ctx: HttpContext, provider: Provider): Promise<Arrived | Refused> {
  const query = new URLSearchParams(ctx.request.parsedUrl.query ?? '')
  const states = query.getAll('state')
  if (states.length === 0 || states[0] === '') return refused('state_missing')
  if (states.length > 1 || !looksLikeToken(states[0])) return refused('state_unknown')
  const state = states[0]

  const attempt = await SignInAttempt.findBy('stateHash', hashToken(state))
  if (attempt === null || attempt.providerId !== provider.id) return refused('state_unknown')

  const browser = browserSecret(ctx)
  if (
    browser === null ||
    attempt.browserHash === null ||
    !sameText(attempt.browserHash, browserMark(browser, attempt.publicId))
  ) {
    return refused('state_foreign')
  }
  if (attempt.isExpired) return refused('state_expired', attempt)
  if (!(await attempt.claim())) return refused('state_used', attempt)

  const [codes, errors] = [query.getAll('code'), query.getAll('error')]
  if (codes.length + errors.length !== 1 || (codes[0] ?? errors[0]) === '') {
    return refused('response_malformed', attempt)
  }
  if (errors.length === 1) {
    return refused(errors[0] === 'access_denied' ? 'cancelled' : 'authorization_refused', attempt)
  }
  if (codes[0].length > LONGEST_CODE) return refused('response_malformed', attempt)

  if (!provider.enabled) return refused('provider_off', attempt)
  const credential = await credentialFor(attempt)
  if (!credential) return refused('credential_revoked', attempt)

  return { ok: true, attempt, credential, trip: tripSecrets(browser, state) }
}

/**
 * The credential that an attempt began with. Was it revoked since, as a leaked
 * one is, then another of the same client, to whose client id the code belongs.
 * A trial tests one credential, and no other in its place.
 */
async function credentialFor(attempt: SignInAttempt): Promise<ProviderCredential | null> {
  if (attempt.credentialId === null) return null
  const credential = await ProviderCredential.find(attempt.credentialId)
  if (!credential || credential.status !== 'revoked') return credential
  if (attempt.intent === 'trial') return null
  const [other = null] = await credential.othersOfClient()
  return other
}

function refused(failure: FailureName, attempt: SignInAttempt | null = null): Refused {
  return { ok: false, failure, attempt }
}
