import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { ProtocolFailure } from '#protocol/failure'

/** What a token said of its application. */
export interface Recognition {
  application: string
  /** Whether the provider's application is known, and since when: `first` is since this token. */
  known: 'yes' | 'first' | 'no'
}

/**
 * Compares the application a token was issued to with the provider's, and
 * remembers it, for this credential and, the first time, for the provider
 * (docs/design.md#one-provider-one-application): subjects belong to an application,
 * so people known in one are strangers in another. A draft teaches the provider
 * nothing, as it may never be used.
 *
 * @param asked what the provider says; `null` when it does not say
 * @throws ProtocolFailure `another_application` when it is not the provider's, and
 *   whatever the question itself ends in
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
 * Whether a sign-in may not go on before its application is known: it could be
 * another one than that of the people here. A secret more for a client id that is
 * known is no such case, and neither is a provider of which nothing is known yet.
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
