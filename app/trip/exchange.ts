import type ProviderCredential from '#models/provider_credential'
import type { Arrived } from '#trip/arrival'
import { mayTryMore, otherSecret, secretWasRefused } from '#trip/client_call'
import { ProtocolFailure } from '#protocol/failure'
import type { Driver, Issued } from '#protocol/driver'

/** The provider refused every secret we have, and another is probably on its way. */
export interface SecretAwaited {
  kind: 'secret_awaited'
  /** The ids of the credentials that were refused. */
  tried: number[]
}

/** What a code was exchanged for, and by which driver. */
interface IssuedBy extends Issued {
  driver: Driver
}

type Exchanged = ({ kind: 'accepted'; accepted: ProviderCredential } & IssuedBy) | SecretAwaited

/**
 * Exchanges the code with the attempt's credential and, if the provider refuses the
 * secret, with the client's other credentials in turn, each once. If the refused secret
 * worked until a moment ago, an administrator is about to paste its successor here, and
 * the code waits for that. A trial tests one credential, so it never falls back to
 * another.
 *
 * @param exchangeWith makes the call with one credential
 * @throws ProtocolFailure when the code is of no more use; it no longer waits then
 */
export async function exchangeInTurn(
  arrived: Arrived,
  exchangeWith: (candidate: ProviderCredential) => Promise<IssuedBy>
): Promise<Exchanged> {
  const { waiting } = arrived
  try {
    const exchanged = await tryInTurn(arrived, exchangeWith)
    if (exchanged.kind === 'accepted') await waiting?.use()
    return exchanged
  } catch (error) {
    if (error instanceof ProtocolFailure) await waiting?.use()
    throw error
  }
}

async function tryInTurn(
  { attempt, credential, waiting }: Arrived,
  exchangeWith: (candidate: ProviderCredential) => Promise<IssuedBy>
): Promise<Exchanged> {
  const tried = new Set(waiting?.tried)
  let refusal: unknown = null
  let candidate = waiting ? await otherSecret(credential, tried) : credential
  while (candidate) {
    tried.add(candidate.id)
    try {
      return { kind: 'accepted', accepted: candidate, ...(await exchangeWith(candidate)) }
    } catch (error) {
      if (!secretWasRefused(error)) throw error
      refusal ??= error
    }
    candidate = attempt.isTrial ? null : await otherSecret(credential, tried)
  }

  const mayWait = waiting ? !waiting.isOver : credential.workedLately
  if (mayWait && !attempt.isTrial && mayTryMore(tried)) {
    return { kind: 'secret_awaited', tried: [...tried] }
  }
  throw refusal ?? new ProtocolFailure('secret_refused')
}
