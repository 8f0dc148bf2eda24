import { now } from '#time/clock'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import type SignInAttempt from '#models/sign_in_attempt'
import WaitingCode, { type KeptCode } from '#models/waiting_code'
import { problemWith, refused, type Arrived, type Refused } from '#trip/arrival'
import { tripSecrets, type OwnAttempt } from '#trip/browser_binding'
import { otherSecret } from '#trip/client_call'
import { asFailure, type FailureName } from '#trip/failure'

/* By then, the calls that the last check started are over. */
const OVER_AFTER = { minutes: 2 }

/** The page where a browser waits for a secret that is on its way. */
export function waitingPage({ key }: Provider, { publicId }: SignInAttempt): string {
  return `/user/login/social/${key}/waiting/${publicId}`
}

/** Stores a code for the next check. */
export async function keepWaiting({ attempt, secrets, code, waiting }: Arrived, tried: number[]) {
  await attempt.keepSteps()
  if (waiting) await waiting.release(tried)
  else await WaitingCode.keep(attempt, { code, state: secrets.state }, tried)
}

/**
 * Checks whether there is a secret to try for a waiting code, and if so takes the code
 * for this request alone.
 *
 * @param own the attempt that waits, with the secret of this browser
 * @returns `null` while there is nothing to do but wait
 */
export async function resume(
  provider: Provider,
  { attempt, browser }: OwnAttempt
): Promise<Arrived | Refused | null> {
  const waiting = await WaitingCode.of(attempt)
  if (waiting === null) return withoutCode(attempt)

  const credential = await ProviderCredential.find(attempt.credentialId ?? 0)
  const problem = problemWith(provider, credential)
  if (problem) return giveUp(waiting, attempt, problem)
  if ((await otherSecret(credential!, new Set(waiting.tried))) === null) {
    if (!waiting.isOver) return null
    const isRevoked = credential!.status === 'revoked'
    return giveUp(waiting, attempt, isRevoked ? 'credential_revoked' : 'secret_refused')
  }

  if (!(await waiting.lease())) return null
  let kept: KeptCode
  try {
    kept = waiting.reveal()
  } catch (error) {
    const { failure } = asFailure(error)
    await waiting.use()
    return refused(failure, attempt)
  }
  const { code, state } = kept
  const secrets = tripSecrets(browser, state)
  return { ok: true, attempt, credential: credential!, browser, secrets, code, waiting }
}

/** Another check has taken the code and its calls may be under way, or everything is over. */
function withoutCode(attempt: SignInAttempt): Refused | null {
  if (attempt.claimedAt === null) return refused('state_unknown')
  const isUnderWay = !attempt.finishedAt && attempt.claimedAt > now().minus(OVER_AFTER)
  return isUnderWay ? null : refused('state_used', attempt)
}

async function giveUp(waiting: WaitingCode, attempt: SignInAttempt, failure: FailureName) {
  return (await waiting.forget()) ? refused(failure, attempt) : null
}
