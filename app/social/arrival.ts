import type { HttpContext } from '@adonisjs/core/http'
import { browserSecret } from '#auth/browser'
import { hashToken, looksLikeToken, sameText } from '#auth/random_token'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import { browserMark, tripSecrets } from '#social/departure'
import type { TripSecrets } from '#social/driver'
import { shortCode, type FailureName } from '#social/failure'

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
  const begun = performance.now()
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

  const refusal = refusalIn(query)
  if (attempt.isTrial || refusal) {
    const ms = attempt.claimedAt!.diff(attempt.startedAt).toMillis()
    attempt.addStep({ name: 'authorize', ms, result: 'ok', ...refusal })
  }
  if (refusal) return refused(refusal.result, attempt)

  const credential = await credentialFor(attempt)
  const problem = problemWith(ctx, provider, attempt, credential, query)
  if (attempt.isTrial) {
    const ms = Math.round(performance.now() - begun)
    attempt.addStep({ name: 'callback', ms, result: problem ?? 'ok' })
  }
  if (problem) return refused(problem, attempt)

  return { ok: true, attempt, credential: credential!, trip: tripSecrets(browser, state) }
}

/** What the provider says instead of a code, by the name of the error alone. */
function refusalIn(query: URLSearchParams): { result: FailureName; code?: string } | null {
  const errors = query.getAll('error')
  if (query.has('code') || errors.length !== 1 || errors[0] === '') return null
  if (errors[0] === 'access_denied') return { result: 'cancelled' }
  const code = shortCode(errors[0])
  return { result: 'authorization_refused', ...(code && { code }) }
}

/** Why a callback with a code goes no further. */
function problemWith(
  { auth }: HttpContext,
  provider: Provider,
  attempt: SignInAttempt,
  credential: ProviderCredential | null,
  query: URLSearchParams
): FailureName | null {
  const codes = query.getAll('code')
  if (
    codes.length !== 1 ||
    query.has('error') ||
    codes[0] === '' ||
    codes[0].length > LONGEST_CODE
  ) {
    return 'response_malformed'
  }
  /* A trial works with what is not in use, but for who started it alone, and as long as they may. */
  if (attempt.isTrial) {
    if (!auth.user?.isAdmin || auth.user.id !== attempt.actorUserId) return 'person_changed'
  } else if (!provider.enabled) return 'provider_off'
  return credential ? null : 'credential_revoked'
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
  if (attempt.isTrial) return null
  const [other = null] = await credential.othersOfClient()
  return other
}

function refused(failure: FailureName, attempt: SignInAttempt | null = null): Refused {
  return { ok: false, failure, attempt }
}
