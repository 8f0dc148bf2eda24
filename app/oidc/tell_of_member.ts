import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { SITE_EVENTS } from '#database/enums'
import Client from '#models/oidc/client'
import SiteMessage from '#models/oidc/site_message'

/**
 * Tells the sites where a member has signed in what happened to them. They are told which
 * kind of thing it was and of whom, never a name or an address: a site that may know more
 * asks for it.
 *
 * @param trx the transaction of the change, in which the member still has a row
 */
export async function tellOfMember(
  userId: number,
  kind: (typeof SITE_EVENTS)[number],
  trx: TransactionClientContract
) {
  const listening = await Client.query({ client: trx })
    .whereNotNull('webhookUrl')
    .whereNull('webhookOffAt')
    .whereNull('disabledAt')
    .whereIn('id', (known) => {
      known.from('client_members').select('client_id').where('user_id', userId)
      /* A site that a member has taken back hears only of the end. */
      if (kind !== 'member.withdrawn') known.whereNull('taken_back_at')
    })
  if (listening.length === 0) return
  const { public_id: member }: { public_id: string } = await trx
    .from('users')
    .select('public_id')
    .where('id', userId)
    .firstOrFail()
  await SiteMessage.queue(
    listening.map((client) => ({ client, kind, member })),
    trx
  )
}
