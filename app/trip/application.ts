import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { ProtocolFailure } from '#protocol/failure'

/** What a token says about its application. */
export interface Recognition {
  application: string
  /** Whether the provider's application is known; `first` means since this token. */
  known: 'yes' | 'first' | 'no'
}

/**
 * Compares the application a token was issued to with the provider's, and
 * stores it for this credential and, the first time, for the provider
 * (docs/design.md#one-provider-one-application): subjects belong to an application,
 * so people known in one are strangers in another. A draft does not set the provider's
 * application, because it may never be used.
 *
 * @param asked what the provider says; `null` when it does not say
 * @throws ProtocolFailure `another_application` when it is not the provider's, and
 *   any failure of the call in `asked`
 */
export async function recognise(
  provider: Provider,
  credential: ProviderCredential,
  asked: string | null | Promise<string | null>
): Promise<Recognition | null> {
  const application = await asked
  if (application === null) return null

  const wasKnown = Boolean(provider.appRef)
  await credential.learnApplication(application)
  if (credential.status !== 'draft') await provider.learnApplication(application)
  if (!provider.appRef) return { application, known: 'no' }
  if (provider.appRef !== application) throw new ProtocolFailure('another_application')
  return { application, known: wasKnown ? 'yes' : 'first' }
}

/**
 * Whether a sign-in must not continue before its application is known, because it
 * could differ from the one our people belong to. This does not apply to another secret
 * of a known client id, or to a provider whose application is not known yet.
 */
export async function mustRecognise(
  { id, appRef }: Provider,
  credential: ProviderCredential
): Promise<boolean> {
  if (!appRef || credential.appRef) return false
  const sibling = await ProviderCredential.query()
    .where({ providerId: id, clientId: credential.clientId, appRef })
    .first()
  return sibling === null
}
