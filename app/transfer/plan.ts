import { createHash } from 'node:crypto'
import db from '@adonisjs/lucid/services/db'
import type { QueryClientContract, TransactionClientContract } from '@adonisjs/lucid/types/database'
import { changesBetween, type Changes } from '#audit/changes'
import type Provider from '#models/provider'
import { lossesOf, type SandboxLosses, sandboxRow } from '#sandbox/losses'
import { DRIVERS, unknownScopes } from '#protocol/drivers'
import { type ClientItem, planClients } from '#transfer/clients'
import { type DocumentItem, planDocuments } from '#transfer/documents'
import { type IdentityItem, planIdentity } from '#transfer/identity'
import type { ProviderRecord, ProviderSecrets, TransferDocument } from '#transfer/document'

/** What would happen to one provider. */
export interface ImportItem {
  key: string
  driver: string
  label: string
  kind: 'create' | 'replace_sandbox' | 'change' | 'unchanged' | 'refused'
  /** Field by field; for secrets, only that they change. */
  changes: Changes
  /** Scopes it would newly send without its driver knowing that they are accepted. */
  unknownScopes: string[]
  /** The file has it switched on, but it would have no keys. */
  staysOff: boolean
  /** What is lost with the practice provider that it replaces. */
  losses: SandboxLosses | null
  /** Why it is refused. */
  problem: 'driver_differs' | 'another_application' | 'secret_missing' | null
  /** The rows this is based on: its provider, credential and admin key. */
  foundOn: (string | null)[]
}

/** What an import would do, and nothing else. */
export interface ImportPlan {
  items: ImportItem[]
  clients: ClientItem[]
  documents: DocumentItem[]
  /** `null` if the file says nothing of it. */
  identity: IdentityItem | null
  /** Keys of all providers, if their order changes. */
  order: { before: string[]; after: string[] } | null
  /** Keys of providers that the file does not name: they stay as they are. */
  untouched: string[]
}

/**
 * Compares a file with what is stored, without changing it. An import deletes nothing.
 *
 * @param here every provider in order, with its active credential
 */
export async function planImport(
  { providers, clients = [], documents = [], identity, secrets }: TransferDocument,
  here: Provider[],
  trx?: TransactionClientContract
): Promise<ImportPlan> {
  const client: QueryClientContract = trx ?? db.connection()
  const items: ImportItem[] = []
  for (const record of providers) {
    const known = here.find(({ key }) => key === record.key)
    const sealed = secrets?.find(({ key }) => key === record.key) ?? null
    items.push(
      known && !known.sandbox
        ? await planChange(known, record, sealed)
        : await planCreation(record, sealed, client)
    )
  }

  const wanted = providers.map(({ key }) => key)
  const before = here.map(({ key }) => key)
  const after = orderAfter(before, wanted)
  const isAdded = (key: string) => !before.includes(key)
  const asTheyCome = [...before, ...wanted.filter(isAdded)]
  return {
    items,
    clients: await planClients(clients, trx),
    documents: await planDocuments(documents, trx),
    identity: await planIdentity(identity, trx),
    order: JSON.stringify(after) === JSON.stringify(asTheyCome) ? null : { before, after },
    untouched: before.filter((key) => !wanted.includes(key)),
  }
}

/** Changes with anything that a plan shows or is based on. */
export function versionOf(plan: ImportPlan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('base64url')
}

/**
 * Puts the file's providers in the file's order, in the places they had; others stay
 * where they are. A new one goes after the one that precedes it in the file.
 */
export function orderAfter(before: string[], wanted: string[]): string[] {
  const known = wanted.filter((key) => before.includes(key))
  const order = before.map((key) => (wanted.includes(key) ? known.shift()! : key))
  for (const [index, key] of wanted.entries()) {
    if (order.includes(key)) continue
    const next = wanted.find((other) => order.includes(other))
    const place =
      index > 0 ? order.indexOf(wanted[index - 1]) + 1 : next ? order.indexOf(next) : order.length
    order.splice(place, 0, key)
  }
  return order
}

async function planCreation(
  { key, driver, enabled, onUnlink, settings }: ProviderRecord,
  sealed: ProviderSecrets | null,
  client: QueryClientContract
): Promise<ImportItem> {
  const sandbox = await sandboxRow(key, client)
  const keys = sealed?.keys ?? null
  const after = { driver, ...settings, onUnlink, enabled: enabled && keys !== null }
  const item = {
    key,
    driver,
    label: settings.label,
    changes: {
      ...changesBetween({}, { ...after, ...(keys && { clientId: keys.clientId }) }),
      ...(keys?.clientSecret && { clientSecret: 'changed' as const }),
      ...(sealed?.adminKey && { adminKey: 'changed' as const }),
    },
    unknownScopes: unknownScopes(driver, settings.scopes),
    staysOff: enabled && keys === null,
    losses: sandbox && (await lossesOf(sandbox, client)),
    foundOn: [sandbox?.public_id ?? null],
  }
  if (lacksSecret(driver, keys)) return { ...item, kind: 'refused', problem: 'secret_missing' }
  return { ...item, kind: sandbox ? 'replace_sandbox' : 'create', problem: null }
}

async function planChange(
  provider: Provider,
  { key, driver, enabled, onUnlink = provider.onUnlink, settings }: ProviderRecord,
  sealed: ProviderSecrets | null
): Promise<ImportItem> {
  const active = provider.activeCredential ?? null
  const keys = sealed?.keys ?? null
  const isNewPair =
    keys !== null &&
    !(active?.clientId === keys.clientId && active.hasSecret(keys.clientSecret ?? ''))

  const isOn = enabled && (active !== null || keys !== null)
  const changes: Changes = {
    ...changesBetween(
      { ...provider.settings, onUnlink: provider.onUnlink, enabled: provider.enabled },
      { ...settings, onUnlink, enabled: isOn }
    ),
    ...(isNewPair && changesBetween({ clientId: active?.clientId }, { clientId: keys.clientId })),
    ...(isNewPair && { clientSecret: 'changed' as const }),
    ...(sealed?.adminKey &&
      provider.takesAdminKey &&
      !provider.hasAdminKey(sealed.adminKey) && { adminKey: 'changed' as const }),
  }
  const item = {
    key,
    driver,
    label: provider.label,
    changes,
    unknownScopes: unknownScopes(driver, settings.scopes).filter(
      (one) => !provider.scopes.includes(one)
    ),
    staysOff: enabled && !isOn,
    losses: null,
    foundOn: [provider.publicId, active?.publicId ?? null, provider.adminKeyVersion],
  }
  const problem = await problemWith(provider, driver, keys)
  if (problem) return { ...item, kind: 'refused', problem }
  return { ...item, kind: Object.keys(changes).length > 0 ? 'change' : 'unchanged', problem: null }
}

async function problemWith(
  provider: Provider,
  driver: string,
  keys: ProviderSecrets['keys']
): Promise<ImportItem['problem']> {
  if (provider.driver !== driver) return 'driver_differs'
  if (lacksSecret(driver, keys)) return 'secret_missing'
  if (keys && (await provider.isAnotherApplication(keys.clientId))) return 'another_application'
  return null
}

const lacksSecret = (driver: string, keys: ProviderSecrets['keys']) =>
  keys !== null && keys.clientSecret === null && !DRIVERS[driver].secretOptional
