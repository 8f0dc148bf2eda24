import type { DateTime } from 'luxon'
import Client from '#models/oidc/client'
import ClientMember from '#models/oidc/client_member'
import Consent from '#models/oidc/consent'

/** A site as a member sees it. */
export interface SiteOfMember {
  client: Client
  since: DateTime
  /** What it may see of the member. */
  scopes: string[]
}

/**
 * The sites a member signs in to, and those they have agreed to, by name. What they have
 * taken back is not among them.
 */
export async function sitesOfMember(userId: number): Promise<SiteOfMember[]> {
  const uses = await ClientMember.query().where({ userId }).whereNull('takenBackAt')
  const consents = await Consent.query().where({ userId })
  const clients = await Client.query()
    .whereIn(
      'id',
      [...uses, ...consents].map(({ clientId }) => clientId)
    )
    .orderBy('name')
    .orderBy('id')
  return clients.flatMap((client) => {
    const use = uses.find(({ clientId }) => clientId === client.id)
    const consent = consents.find(({ clientId }) => clientId === client.id)
    const since = use?.firstUsedAt ?? consent?.createdAt
    if (!since) return []
    /* Members agree to what third parties see; the others see what they are registered for. */
    const agreed = consent?.scopes ?? ['openid']
    const scopes = client.scopes.filter((one) => !client.thirdParty || agreed.includes(one))
    return [{ client, since, scopes }]
  })
}
