import type { DateTime } from 'luxon'
import { evidenceOf } from '#health/evidence'
import { troubleOf, type Trouble } from '#health/trouble'
import Provider from '#models/provider'
import { now } from '#models/clock'
import SignInAttempt from '#models/sign_in_attempt'

/** What administrators have to know of a provider on whichever page they are. */
export interface ProviderAlert {
  provider: Provider
  trouble: Trouble | null
  /** The provider's code for the most frequent failure, the last time it happened. */
  code: string | null
}

/** Providers that fail for most visitors, and those whose button is hidden for that. */
export async function providerAlerts(at: DateTime = now()): Promise<ProviderAlert[]> {
  const providers = await Provider.query()
    .withScopes((scopes) => scopes.usable())
    .preload('activeCredential')
    .orderBy('position')
    .orderBy('id')
  const alerts = await Promise.all(
    providers.map(async (provider) => {
      const trouble = troubleOf(await evidenceOf(provider, at))
      return { provider, trouble, code: await lastCode(provider, trouble) }
    })
  )
  return alerts.filter(({ provider, trouble }) => trouble || provider.isAutoHidden)
}

async function lastCode(provider: Provider, trouble: Trouble | null) {
  if (trouble?.kind !== 'failing') return null
  const last = await SignInAttempt.query()
    .where('providerId', provider.id)
    .where('failure', trouble.reason)
    .whereNot('intent', 'trial')
    .orderBy('startedAt', 'desc')
    .first()
  return last?.steps.at(-1)?.code ?? null
}
