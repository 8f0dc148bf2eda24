import { setTimeout as wait } from 'node:timers/promises'
import type ProviderCredential from '#models/provider_credential'
import type SignInAttempt from '#models/sign_in_attempt'
import { secretWasRefused } from '#social/accepted_secret'
import type { TokenSet } from '#social/token_set'

/* How long a callback waits for a secret that is being pasted, and looks for it, in milliseconds. */
const WAIT_FOR_NEW_SECRET = 15_000
const LOOK_AGAIN_EVERY = 500

/* Wrong secrets sent for one code, besides the first. */
const MOST_OTHERS = 3

/**
 * Exchanges the code with the attempt's credential; if the provider refuses the
 * secret, with the others of the same client in turn. A console may end the old
 * secret the moment it issues a new one, and a code that was refused for its
 * secret is not used up. A trial tests one credential, and no other in its place.
 */
export async function exchangeInTurn(
  attempt: SignInAttempt,
  credential: ProviderCredential,
  exchangeWith: (candidate: ProviderCredential) => Promise<TokenSet>
) {
  try {
    return { tokens: await exchangeWith(credential), accepted: credential }
  } catch (error) {
    if (!secretWasRefused(error) || attempt.isTrial) throw error
    for await (const other of othersInTurn(credential)) {
      try {
        return { tokens: await exchangeWith(other), accepted: other }
      } catch (again) {
        if (!secretWasRefused(again)) throw again
      }
    }
    throw error
  }
}

/**
 * The credentials to try in the place of a refused one, each once. If the
 * refused one worked until a moment ago, an administrator has just had a new
 * secret issued and is about to paste it here: then it waits for that.
 */
async function* othersInTurn(refused: ProviderCredential) {
  const deadline = performance.now() + (refused.workedLately ? WAIT_FOR_NEW_SECRET : 0)
  const tried = new Set<number>()
  while (tried.size < MOST_OTHERS) {
    const others = await refused.othersOfClient()
    const other = others.find(({ id }) => !tried.has(id))
    if (other) {
      tried.add(other.id)
      yield other
    } else if (performance.now() < deadline) {
      await wait(LOOK_AGAIN_EVERY)
    } else return
  }
}
