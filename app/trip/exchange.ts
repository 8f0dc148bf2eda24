import type ProviderCredential from '#models/provider_credential'
import { secretWasRefused } from '#trip/accepted_secret'
import type { Arrived } from '#trip/arrival'
import { ProtocolFailure } from '#protocol/failure'
import type { Driver, Issued } from '#protocol/driver'

/* Wrong secrets sent for one code, besides the first. */
const MOST_OTHERS = 3

/** No secret that is here was taken, and another is most likely on its way. */
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
 * Exchanges the code with the attempt's credential; if the provider refuses the
 * secret, with the others of the same client in turn, each once. A console may end
 * the old secret the moment it issues a new one, and a code that was refused for its
 * secret is not used up. If the refused one worked until a moment ago, an
 * administrator is about to paste its successor here, and the code waits for that.
 * A trial tests one credential, and no other in its place.
 */
export async function exchangeInTurn(
  arrived: Arrived,
  exchangeWith: (candidate: ProviderCredential) => Promise<IssuedBy>
): Promise<Exchanged> {
  const { attempt, credential, waiting } = arrived
  const tried = new Set(waiting?.tried)
  let refusal: unknown = null
  for (
    let candidate = waiting ? await untriedOf(credential, tried) : credential;
    candidate;
    candidate = attempt.isTrial ? null : await untriedOf(credential, tried)
  ) {
    tried.add(candidate.id)
    try {
      const issued = await exchangeWith(candidate)
      await waiting?.drop()
      return { kind: 'accepted', accepted: candidate, ...issued }
    } catch (error) {
      if (!secretWasRefused(error)) throw error
      refusal ??= error
    }
  }

  const mayWait = waiting ? !waiting.isOver : credential.workedLately
  if (mayWait && !attempt.isTrial && tried.size <= MOST_OTHERS) {
    return { kind: 'secret_awaited', tried: [...tried] }
  }
  throw refusal ?? new ProtocolFailure('secret_refused')
}

/** The credential of the same client to try next; `null` when there is none, or enough were wrong. */
export async function untriedOf(
  credential: ProviderCredential,
  tried: ReadonlySet<number>
): Promise<ProviderCredential | null> {
  if (tried.size > MOST_OTHERS) return null
  const others = await credential.othersOfClient()
  return others.find(({ id }) => !tried.has(id)) ?? null
}
