import type { HttpContext } from '@adonisjs/core/http'
import { browserSecret } from '#auth/browser'
import { hashToken, looksLikeToken } from '#crypto/random_token'
import type Provider from '#models/provider'
import type ProviderCredential from '#models/provider_credential'
import type SignInAttempt from '#models/sign_in_attempt'
import type { Trip } from '#models/sign_in_attempt'
import type WaitingCode from '#models/waiting_code'
import { isOfBrowser, tripSecrets } from '#trip/browser_binding'
import { otherSecret } from '#trip/client_call'
import { readCallback, type CallbackAnswer } from '#protocol/callback'
import type { TripSecrets } from '#protocol/driver'
import type { FailureName } from '#trip/failure'
import type { Step } from '#trip/step'

/** A code that belongs to an attempt of this browser, taken for this request alone. */
export interface Arrived {
  ok: true
  attempt: SignInAttempt
  credential: ProviderCredential
  /** The secret of the browser. */
  browser: string
  secrets: TripSecrets
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

/** The state in a callback's query: one that may be known here, or why it cannot be. */
export type StateRead =
  { ok: true; state: string; hash: string } | { ok: false; failure: FailureName }

/** Reads the one state of a callback; its attempt is stored under the hash. */
export function readState(query: URLSearchParams): StateRead {
  const [state, ...others] = query.getAll('state')
  if (others.length > 0) return { ok: false, failure: 'response_malformed' }
  if (!state) return { ok: false, failure: 'state_missing' }
  return looksLikeToken(state)
    ? { ok: true, state, hash: hashToken(state) }
    : { ok: false, failure: 'state_unknown' }
}

/**
 * Decides whether a callback may lead to calls to the provider
 * (docs/design.md#the-callback). Callbacks come from outside, so nothing is written until
 * this one has shown a state that left from this browser.
 *
 * @param read the state in `query`
 * @param trip what is stored under that state
 */
export async function admit(
  ctx: HttpContext,
  { provider, attempt, credential: began }: Trip,
  read: StateRead,
  query: URLSearchParams
): Promise<Arrived | Refused> {
  const begun = performance.now()
  if (!read.ok) return refused(read.failure)
  if (attempt === null) return refused('state_unknown')

  const browser = browserSecret(ctx)
  if (browser === null || !isOfBrowser(attempt, browser)) return refused('state_foreign')
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
    code === null
      ? 'response_malformed'
      : attempt.isTrial
        ? problemWithTrial(ctx, attempt, credential)
        : problemWith(provider, credential)
  if (attempt.isTrial) {
    const ms = Math.round(performance.now() - begun)
    attempt.addStep({ name: 'callback', ms, result: problem ?? 'ok' })
  }
  if (problem) return refused(problem, attempt)

  const secrets = tripSecrets(browser, read.state)
  return {
    ok: true,
    attempt,
    credential: credential!,
    browser,
    secrets,
    code: code!,
    waiting: null,
  }
}

/** How the visit to the provider's page ended, for the step that records it. */
function resultOf(answer: CallbackAnswer): Pick<Step, 'result' | 'code'> {
  if (answer.kind !== 'refused') return { result: 'ok' }
  const { failure: result, providerCode: code } = answer
  return { result, ...(code && { code }) }
}

/** Why a code must not be exchanged now; `null` when it may. */
export function problemWith(
  { enabled }: Provider,
  credential: ProviderCredential | null
): FailureName | null {
  if (!enabled) return 'provider_off'
  return credential ? null : 'credential_revoked'
}

/**
 * The same for a trial, which also works with what is not in use, but only for the user
 * who started it, and only while that user is an administrator.
 */
function problemWithTrial(
  { auth }: HttpContext,
  { actorUserId }: SignInAttempt,
  credential: ProviderCredential | null
): FailureName | null {
  if (!auth.user?.isAdmin || auth.user.id !== actorUserId) return 'person_changed'
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
  return attempt.isTrial ? null : otherSecret(credential)
}

export function refused(failure: FailureName, attempt: SignInAttempt | null = null): Refused {
  return { ok: false, failure, attempt }
}
