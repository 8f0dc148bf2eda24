import type { HttpContext } from '@adonisjs/core/http'
import { browserSecret } from '#auth/browser'
import { hashToken, looksLikeToken, sameText } from '#crypto/random_token'
import type Provider from '#models/provider'
import type ProviderCredential from '#models/provider_credential'
import type SignInAttempt from '#models/sign_in_attempt'
import type { Trip } from '#models/sign_in_attempt'
import type WaitingCode from '#models/waiting_code'
import { browserMark, tripSecrets } from '#trip/departure'
import { readCallback, type CallbackAnswer } from '#protocol/callback'
import type { TripSecrets } from '#protocol/driver'
import type { FailureName } from '#trip/failure'
import type { Step } from '#trip/step'

/** A code that belongs to an attempt of this browser, taken for this request alone. */
export interface Arrived {
  ok: true
  attempt: SignInAttempt
  credential: ProviderCredential
  trip: TripSecrets
  code: string
  /** The row the code waited in, if it did. */
  waiting: WaitingCode | null
}

/** Refused; `attempt` is set once it is certain to belong to this browser. */
export interface Refused {
  ok: false
  failure: FailureName
  attempt: SignInAttempt | null
}

/** The hash that a callback's attempt is stored under; `null` unless there is exactly one state. */
export function stateHashIn(query: URLSearchParams): string | null {
  const states = query.getAll('state')
  return states.length === 1 && looksLikeToken(states[0]) ? hashToken(states[0]) : null
}

/**
 * Decides whether a callback may lead to calls to the provider
 * (docs/design.md#the-callback). Callbacks come from outside, so nothing is written until
 * this one has shown a state that left from this browser.
 *
 * @param trip what is stored under the state in `query`
 */
export async function admit(
  ctx: HttpContext,
  { provider, attempt, credential: began }: Trip,
  query: URLSearchParams
): Promise<Arrived | Refused> {
  const begun = performance.now()
  const [state] = query.getAll('state')
  if (!state) return refused('state_missing')
  if (attempt === null) return refused('state_unknown')

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

  const answer = readCallback(query)
  if (attempt.isTrial || answer.kind === 'refused') {
    const ms = attempt.claimedAt!.diff(attempt.startedAt).toMillis()
    attempt.addStep({ name: 'authorize', ms, ...resultOf(answer) })
  }
  if (answer.kind === 'refused') return refused(answer.failure, attempt)

  const credential = await credentialFor(attempt, began)
  const code = answer.kind === 'code' ? answer.code : null
  const problem =
    code === null ? 'response_malformed' : problemWith(ctx, provider, attempt, credential)
  if (attempt.isTrial) {
    const ms = Math.round(performance.now() - begun)
    attempt.addStep({ name: 'callback', ms, result: problem ?? 'ok' })
  }
  if (problem) return refused(problem, attempt)

  const trip = tripSecrets(browser, state)
  return { ok: true, attempt, credential: credential!, trip, code: code!, waiting: null }
}

/** How the visit to the provider's page ended, for the step that records it. */
function resultOf(answer: CallbackAnswer): Pick<Step, 'result' | 'code'> {
  if (answer.kind !== 'refused') return { result: 'ok' }
  const { failure: result, providerCode: code } = answer
  return { result, ...(code && { code }) }
}

/** Why a callback with a code must not continue; `null` when it may. */
function problemWith(
  { auth }: HttpContext,
  provider: Provider,
  attempt: SignInAttempt,
  credential: ProviderCredential | null
): FailureName | null {
  /*
   * A trial also works with what is not in use, but only for the user who started it, and
   * only while that user is an administrator.
   */
  if (attempt.isTrial) {
    if (!auth.user?.isAdmin || auth.user.id !== attempt.actorUserId) return 'person_changed'
  } else if (!provider.enabled) return 'provider_off'
  return credential ? null : 'credential_revoked'
}

/**
 * The credential that an attempt began with. If it has been revoked since, as a leaked
 * one is, another credential of the same client, because the code belongs to the client
 * id. A trial tests one credential, so it never falls back to another.
 */
async function credentialFor(
  attempt: SignInAttempt,
  credential: ProviderCredential | null
): Promise<ProviderCredential | null> {
  if (!credential || credential.status !== 'revoked') return credential
  if (attempt.isTrial) return null
  const [other = null] = await credential.othersOfClient()
  return other
}

export function refused(failure: FailureName, attempt: SignInAttempt | null = null): Refused {
  return { ok: false, failure, attempt }
}
