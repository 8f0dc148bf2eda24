import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import { AddClientSecret } from '#actions/clients/add_client_secret'
import type { Actor } from '#audit/actor'
import { randomToken } from '#crypto/random_token'
import AuditEntry from '#models/audit_entry'
import Client from '#models/oidc/client'
import ClientSecret from '#models/oidc/client_secret'
import { now, sqlTime } from '#time/clock'

export type ClientChange =
  | { kind: 'done'; secret: string | null }
  | { kind: 'unknown' | 'no_secret' | 'already_so' | 'stale' }

export type ClientDeed =
  | { deed: 'enable' | 'disable' | 'delete' }
  /**
   * `secret`: one that the site supplies. `version`: the `Client.secretsVersion` that the
   * form carries (`isStale`).
   */
  | { deed: 'rotate'; graceMs: number; secret?: string; version?: string }

/** Switches a site on or off, deletes it, or gives it another secret. */
export class ChangeClient {
  async handle(clientId: string, deed: ClientDeed, actor: Actor): Promise<ClientChange> {
    return inTransaction(async (trx): Promise<ClientChange> => {
      const client = await Client.lock(clientId, trx)
      if (!client) return { kind: 'unknown' }
      const note = (action: 'client.enabled' | 'client.disabled' | 'client.deleted') =>
        AuditEntry.record({ actor, action, subject: client.asAuditSubject }, trx)
      /* Not what waits: a person on one of our pages is told that the site is gone. */
      const endWhatItHas = () =>
        trx
          .from('oidc_payloads')
          .where('client_id', clientId)
          .whereNot('model', 'Interaction')
          .delete()

      switch (deed.deed) {
        case 'enable':
          if (client.isEnabled) return { kind: 'already_so' }
          await client.merge({ disabledAt: null }).save()
          await note('client.enabled')
          return { kind: 'done', secret: null }
        case 'disable':
          if (!client.isEnabled) return { kind: 'already_so' }
          await client.merge({ disabledAt: now() }).save()
          await endWhatItHas()
          await note('client.disabled')
          return { kind: 'done', secret: null }
        case 'delete':
          await note('client.deleted')
          await endWhatItHas()
          await client.delete()
          return { kind: 'done', secret: null }
        case 'rotate': {
          if (!client.isConfidential) return { kind: 'no_secret' }
          await client.useTransaction(trx).load('secrets')
          if (isStale(deed.version, client.secretsVersion)) return { kind: 'stale' }
          const until = now().plus({ milliseconds: deed.graceMs })
          const secret = deed.secret ?? randomToken()
          await ClientSecret.query({ client: trx })
            .where('clientId', client.id)
            .where((living) =>
              living.whereNull('retireUntil').orWhere('retireUntil', '>', sqlTime(until))
            )
            .update({ retireUntil: sqlTime(until) })
          await new AddClientSecret().handle(client, secret, actor, trx)
          return { kind: 'done', secret: deed.secret === undefined ? secret : null }
        }
      }
    })
  }
}
