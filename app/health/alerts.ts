import type { DateTime } from 'luxon'
import { evidenceOf } from '#health/evidence'
import { troubleOf, type Trouble } from '#health/trouble'
import Provider from '#models/provider'
import { now, sqlTime } from '#time/clock'
import SignInAttempt from '#models/sign_in_attempt'
import { diagnosisOf, silentDiagnoses, type Diagnosis } from '#set_up/diagnosis'
import type { FailureName } from '#trip/failure'

/** What administrators need to know about a provider, on whatever page they are. */
export interface ProviderAlert {
  provider: Provider
  trouble: Trouble | null
  /** What is wrong and what to do; for a silent provider, what it may be. */
  diagnoses: Diagnosis[]
}

/** Providers that fail for most visitors, and those whose button is hidden because of that. */
export async function providerAlerts(at: DateTime = now()): Promise<ProviderAlert[]> {
  const providers = await Provider.query()
    .withScopes((scopes) => scopes.usable())
    .preload('activeCredential')
    .orderBy('position')
    .orderBy('id')
  const alerts = await Promise.all(
    providers.map(async (provider) => {
      const trouble = troubleOf(await evidenceOf(provider, at))
      return { provider, trouble, diagnoses: await diagnosesOf(provider, trouble) }
    })
  )
  return alerts.filter(({ provider, trouble }) => trouble || provider.isAutoHidden)
}

async function diagnosesOf(provider: Provider, trouble: Trouble | null): Promise<Diagnosis[]> {
  if (trouble?.kind === 'silent') return silentDiagnoses(provider)
  const failure = trouble?.reason ?? provider.autoHiddenFor
  const diagnosis = failure && diagnosisOf(provider, failure, await lastCode(provider, failure))
  return diagnosis ? [diagnosis] : []
}

/** The provider's code for a failure, from the last time a visitor met it. */
async function lastCode(provider: Provider, failure: FailureName) {
  const last = await SignInAttempt.query()
    .where({ providerId: provider.id, failure })
    .whereNot('intent', 'trial')
    .where('startedAt', '>=', sqlTime(now().minus({ days: 1 })))
    .orderBy('startedAt', 'desc')
    .first()
  return last?.steps.at(-1)?.code ?? null
}
