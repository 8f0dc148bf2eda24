import type ProviderCredential from '#models/provider_credential'
import { secretWasRefused } from '#trip/accepted_secret'
import type { Arrived } from '#trip/arrival'
import { ProtocolFailure } from '#protocol/failure'
import type { Driver, Issued } from '#protocol/driver'

/* How many more secrets may be tried for one code after the first was refused. */
const MOST_OTHERS = 3

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
 * secret, with the client's other credentials in turn, each once. A console may end
 * the old secret the moment it issues a new one, and a code refused because of the
 * secret is not used up. If the refused secret worked until a moment ago, an
 * administrator is about to paste its successor here, and the code waits for that.
 * A trial tests one credential, so it never falls back to another.
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

/** The same client's credential to try next; `null` if none is left or enough were wrong. */
export async function untriedOf(
  credential: ProviderCredential,
  tried: ReadonlySet<number>
): Promise<ProviderCredential | null> {
  if (tried.size > MOST_OTHERS) return null
  const others = await credential.othersOfClient()
  return others.find(({ id }) => !tried.has(id)) ?? null
}
