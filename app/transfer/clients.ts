import { badAddresses, unreachableAddresses } from '#oidc/redirect_uri'
import { changesBetween, type Changes } from '#audit/changes'
import Client, { type ClientSettings } from '#models/oidc/client'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'

/** What a file says about a connected site. Its secrets are kept as hashes and stay where they are. */
export interface ClientRecord {
  clientId: string
  kind: Client['kind']
  settings: ClientSettings
}

/** What an import would do with one site. A new one is switched off, and has no secret yet. */
export interface ClientItem {
  clientId: string
  name: string
  kind: 'create' | 'change' | 'unchanged' | 'refused'
  changes: Changes
  /** Why it is refused. */
  problem: 'kind_differs' | 'pairwise_used' | 'bad_address' | null
  /** The row this is based on. */
  foundOn: string | null
}

/** Every site of the operator's, for a file. */
export async function clientRecords(): Promise<ClientRecord[]> {
  const clients = await Client.query().where('sandbox', false).orderBy('clientId')
  return clients.map(({ clientId, kind, settings }) => ({ clientId, kind, settings }))
}

/** Compares the sites of a file with those there are; changes nothing. */
export async function planClients(
  records: ClientRecord[],
  trx?: TransactionClientContract
): Promise<ClientItem[]> {
  const items: ClientItem[] = []
  for (const { clientId, kind, settings } of records) {
    const found = await Client.findBy({ clientId }, { client: trx })
    const known = found?.sandbox ? null : found
    const changes = changesBetween(known?.settings ?? {}, settings)
    const item = { clientId, name: settings.name, changes, foundOn: known?.settingsVersion ?? null }
    const problem = await problemWith({ kind, settings }, known, trx)
    if (problem) items.push({ ...item, kind: 'refused', problem })
    else {
      const isNew = !known
      const does = isNew ? 'create' : Object.keys(changes).length > 0 ? 'change' : 'unchanged'
      items.push({ ...item, kind: does, problem: null })
    }
  }
  return items
}

async function problemWith(
  { kind, settings }: Omit<ClientRecord, 'clientId'>,
  known: Client | null,
  trx?: TransactionClientContract
): Promise<ClientItem['problem']> {
  if (badAddresses(settings, kind).length > 0) return 'bad_address'
  if (unreachableAddresses(settings, null).length > 0) return 'bad_address'
  if (!known) return null
  if (known.kind !== kind) return 'kind_differs'
  const becomes = known.isPairwise !== settings.pairwise
  return becomes && (await known.isUsed(trx)) ? 'pairwise_used' : null
}
