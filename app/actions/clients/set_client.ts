import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { AddClientSecret } from '#actions/clients/add_client_secret'
import { affectedOne } from '#database/affected'
import { inTransaction } from '#database/transaction'
import { isStale } from '#database/version'
import type { Actor } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import { randomToken } from '#crypto/random_token'
import AuditEntry from '#models/audit_entry'
import Client, { type ClientSettings } from '#models/oidc/client'
import ClientSecret from '#models/oidc/client_secret'
import { now } from '#time/clock'
import { type BadAddress, badAddresses, unreachableAddresses } from '#oidc/redirect_uri'

export interface ClientInput extends Partial<ClientSettings> {
  clientId: string
  kind?: Client['kind']
  /** One that the site supplies; without it, a server gets one of ours, with `null` none yet. */
  secret?: string | null
  /** A new site is switched off until somebody has looked at it. */
  isOff?: boolean
  /** Only for a site that is not registered yet. */
  isNew?: boolean
  /** The `Client.settingsVersion` that the form carries (`isStale`). */
  version?: string
  actor: Actor
}

export type ClientSetting =
  /** `secret`, `webhookSecret`: ones of ours, which cannot be read again. */
  | {
      kind: 'created' | 'changed'
      client: Client
      secret: string | null
      webhookSecret: string | null
    }
  | { kind: 'stale'; client: Client }
  | { kind: 'incomplete' | 'taken' | 'gone' | 'kind_differs' | 'pairwise_used' }
  /** The first of each field. */
  | { kind: 'bad_address'; addresses: BadAddress[] }

/**
 * Registers a site that signs its visitors in through this one, or changes its
 * registration. Pages and commands come through here, so the rules for addresses and for
 * what may still change are the same.
 */
export class SetClient {
  /** @param within the transaction of a larger flow */
  async handle(input: ClientInput, within?: TransactionClientContract): Promise<ClientSetting> {
    return inTransaction(async (trx): Promise<ClientSetting> => {
      const {
        clientId,
        secret: given,
        actor,
        kind,
        pairwise,
        isNew,
        isOff,
        version,
        ...fields
      } = input
      const found = await Client.lock(clientId, trx)
      const known = found?.sandbox && version === undefined ? null : found
      if (known && isNew) return { kind: 'taken' }
      if (!known && version !== undefined) return { kind: 'gone' }
      if (known && isStale(version, known.settingsVersion)) return { kind: 'stale', client: known }
      if (!known && (!fields.name || !fields.redirectUris?.length)) return { kind: 'incomplete' }
      if (known && kind && known.kind !== kind) return { kind: 'kind_differs' }
      const becomesPairwise = pairwise !== undefined && pairwise !== (known?.isPairwise ?? false)
      if (becomesPairwise && (await known?.isUsed(trx))) return { kind: 'pairwise_used' }
      const addresses = [
        ...badAddresses(fields, known?.kind ?? kind),
        ...unreachableAddresses(fields, known),
      ]
      if (addresses.length > 0) return { kind: 'bad_address', addresses }

      if (!known) await giveWay(clientId, trx)
      const client = known ?? new Client()
      const before = known ? known.audited : {}
      if (!known)
        client.merge({ ...Client.firstSettings, sandbox: false, clientId, kind: kind ?? 'server' })
      if (!known && isOff) client.disabledAt = now()
      if (becomesPairwise) client.identifyPairwise(pairwise)
      for (const [field, value] of Object.entries(fields)) {
        if (value !== undefined) client.merge({ [field]: value })
      }
      const needsWebhookSecret = Boolean(client.webhookUrl) && !client.webhookSecret
      const webhookSecret = needsWebhookSecret ? client.renewWebhookSecret(0) : null
      await client.useTransaction(trx).save()
      const changes = changesBetween(before, client.audited)
      if (!known || Object.keys(changes).length > 0) {
        const action = known ? 'client.changed' : 'client.created'
        await AuditEntry.record({ actor, action, subject: client.asAuditSubject, changes }, trx)
      }

      const getsOurs = !known && client.isConfidential && given === undefined
      const secret = getsOurs ? randomToken() : given
      if (typeof secret === 'string' && client.isConfidential) {
        const living = await ClientSecret.query({ client: trx }).where('clientId', client.id)
        if (!living.some((one) => one.isAlive && one.is(secret))) {
          await new AddClientSecret().handle(client, secret, actor, trx)
        }
      }
      const shown = { secret: getsOurs ? secret! : null, webhookSecret }
      return { kind: known ? 'changed' : 'created', client, ...shown }
    }, within)
  }
}

/** The example site gives up its id to a site registered under it. */
async function giveWay(clientId: string, trx: TransactionClientContract) {
  const sandboxed = trx.from('clients').where({ client_id: clientId, sandbox: true })
  if (!(await affectedOne(sandboxed.delete()))) return
  await trx.from('oidc_payloads').where('client_id', clientId).delete()
}
