import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { AddClientSecret } from '#actions/clients/add_client_secret'
import { affectedOne } from '#database/affected'
import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import { changesBetween } from '#audit/changes'
import { randomToken } from '#crypto/random_token'
import AuditEntry from '#models/audit_entry'
import Client from '#models/oidc/client'
import ClientSecret from '#models/oidc/client_secret'
import { redirectUriProblem } from '#oidc/redirect_uri'

export interface ClientWish {
  clientId: string
  name?: string
  kind?: Client['kind']
  /** Whether members are asked before the site sees anything. */
  thirdParty?: boolean
  /** Whether the site gets its own ids for members; decided once. */
  pairwise?: boolean
  redirectUris?: string[]
  postLogoutRedirectUris?: string[]
  scopes?: string[]
  /** One that the site supplies; without it, a server gets one of ours. */
  secret?: string
  actor: Actor
}

export type ClientSetting =
  /** `secret`: one of ours, which cannot be read again. */
  | { kind: 'created' | 'changed'; client: Client; secret: string | null }
  | { kind: 'incomplete' | 'kind_differs' | 'pairwise_differs' }
  /** In English. */
  | { kind: 'bad_address'; problem: string }

/** Registers a site that signs its visitors in through this one, or changes its registration. */
export class SetClient {
  async handle(wish: ClientWish): Promise<ClientSetting> {
    return inTransaction(async (trx): Promise<ClientSetting> => {
      const { clientId, secret: given, actor, kind, pairwise, ...fields } = wish
      const found = await Client.findBy({ clientId }, { client: trx })
      const known = found?.sandbox ? null : found
      if (!known && (!fields.name || !fields.redirectUris?.length)) return { kind: 'incomplete' }
      if (known && kind && known.kind !== kind) return { kind: 'kind_differs' }
      if (known && pairwise !== undefined && known.isPairwise !== pairwise) {
        return { kind: 'pairwise_differs' }
      }
      const problem = addressProblem(fields, known?.kind ?? kind)
      if (problem) return { kind: 'bad_address', problem }

      if (!known) await giveWay(clientId, trx)
      const client = known ?? new Client()
      const before = known ? known.audited : {}
      if (!known) {
        client.merge({
          clientId,
          kind: kind ?? 'server',
          thirdParty: false,
          postLogoutRedirectUris: [],
          scopes: Client.USUAL_SCOPES,
          sandbox: false,
        })
        if (pairwise) client.makePairwise()
      }
      for (const [field, value] of Object.entries(fields)) {
        if (value !== undefined) client.merge({ [field]: value })
      }
      await client.useTransaction(trx).save()
      const changes = changesBetween(before, client.audited)
      if (!known || Object.keys(changes).length > 0) {
        const action = known ? 'client.changed' : 'client.created'
        await AuditEntry.record({ actor, action, subject: client.asAuditSubject, changes }, trx)
      }

      const isNew = !known && client.isConfidential && given === undefined
      const secret = isNew ? randomToken() : given
      if (secret !== undefined && client.isConfidential) {
        const living = await ClientSecret.query({ client: trx }).where('clientId', client.id)
        if (!living.some((one) => one.isAlive && one.is(secret))) {
          await new AddClientSecret().handle(client, secret, actor, trx)
        }
      }
      return { kind: known ? 'changed' : 'created', client, secret: isNew ? secret! : null }
    })
  }
}

/** The example site gives up its id to a site registered under it. */
async function giveWay(clientId: string, trx: TransactionClientContract) {
  const sandboxed = trx.from('clients').where({ client_id: clientId, sandbox: true })
  if (!(await affectedOne(sandboxed.delete()))) return
  await trx.from('oidc_payloads').where('client_id', clientId).delete()
}

/** What is wrong with the first address that cannot be registered for this kind of site. */
function addressProblem(
  { redirectUris = [], postLogoutRedirectUris = [] }: Partial<ClientWish>,
  kind?: Client['kind']
): string | null {
  for (const uri of [...redirectUris, ...postLogoutRedirectUris]) {
    const problem = redirectUriProblem(uri, kind)
    if (problem) return `${uri} ${problem}.`
  }
  return null
}
