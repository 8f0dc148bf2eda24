import { now } from '#time/clock'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'

/** A provider with keys in use, as administrators leave it. */
export async function aProvider(
  attributes: Partial<{
    key: string
    driver: string
    enabled: boolean
    sandbox: boolean
    clientId: string
    clientSecret: string
  }> = {}
) {
  const {
    key = 'naver',
    driver = 'naver',
    enabled = false,
    sandbox = false,
    clientId = 'first-client-id',
    clientSecret = 'first-secret-value',
  } = attributes
  const provider = await Provider.create({
    key,
    driver,
    enabled,
    sandbox,
    label: key,
    hidden: false,
    position: 1,
    scopes: [],
    requiredFields: ['email', 'name'],
    emailPolicy: 'never',
    allowSignUp: true,
    syncProfile: 'always',
    hideWhenFailing: false,
  })
  const credential = await aCredential(provider, { clientId, clientSecret, status: 'active' })
  provider.activeCredentialId = credential.id
  await provider.save()
  return provider
}

export async function aCredential(
  provider: Provider,
  {
    clientId = 'first-client-id',
    clientSecret = 'another-secret-value',
    status = 'draft' as ProviderCredential['status'],
  } = {}
) {
  const credential = new ProviderCredential()
  credential.fill({ providerId: provider.id, clientId, status })
  if (status === 'retiring') credential.retireUntil = now().plus({ hours: 24 })
  credential.keepSecret(clientSecret)
  return credential.save()
}
