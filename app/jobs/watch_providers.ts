import { HideFailingProvider } from '#actions/providers/hide_failing_provider'
import { UnhideProvider } from '#actions/providers/unhide_provider'
import { JOB } from '#audit/actor'
import { evidenceOf } from '#health/evidence'
import { probe } from '#health/probe'
import { troubleOf } from '#health/trouble'
import type { Job } from '#jobs/job'
import { now } from '#time/clock'
import Provider from '#models/provider'

/* Keeps a provider that answers now and then from being hidden and shown every minute. */
const HIDDEN_FOR_AT_LEAST = { minutes: 10 }

/**
 * Hides the buttons of providers that fail for most visitors, where administrators want
 * that, and shows them again. Visitors' trips raise the suspicion; a call of our own
 * (`probe`) must confirm it, so that nobody can hide a button by making trips fail.
 * While a button is hidden, there are few trips to judge by, so the same call tells
 * when the provider works again.
 */
export class WatchProviders implements Job {
  readonly name = 'provider watch'
  readonly everyMs = 60 * 1_000

  async handle(signal?: AbortSignal) {
    const outcome = { hidden: 0, unhidden: 0 }
    const watched = await Provider.query()
      .withScopes((scopes) => scopes.usable())
      .where('hideWhenFailing', true)
      .preload('activeCredential')

    for (const provider of watched) {
      if (signal?.aborted) break
      if (!(await provider.takeWatch())) continue
      if (provider.isAutoHidden) {
        if (await this.#isWell(provider)) {
          const { kind } = await new UnhideProvider().handle(provider, JOB)
          if (kind === 'unhidden') outcome.unhidden++
        }
      } else if (!provider.hidden && troubleOf(await evidenceOf(provider))) {
        const failure = await probe(provider, provider.activeCredential)
        if (failure === null) continue
        const { kind } = await new HideFailingProvider().handle(provider, failure)
        if (kind === 'hidden') outcome.hidden++
      }
    }
    return outcome
  }

  /** Not within the first ten minutes, unless the provider has new keys since. */
  async #isWell(provider: Provider): Promise<boolean> {
    const { autoHiddenAt, activeCredential } = provider
    const hasNewKeys = activeCredential.activatedAt && activeCredential.activatedAt > autoHiddenAt!
    if (!hasNewKeys && autoHiddenAt! > now().minus(HIDDEN_FOR_AT_LEAST)) return false
    return (await probe(provider, activeCredential)) === null
  }
}
