import { appUrl } from '#config/app'
import type { OnUnlink, ProviderSettings } from '#models/provider'
import type { SiteSettings } from '#models/site/site'
import { now } from '#time/clock'
import { DRIVERS } from '#protocol/drivers'
import type { ClientRecord } from '#transfer/clients'
import type { DocumentRecord } from '#transfer/documents'
import { openByPassphrase, sealByPassphrase } from '#transfer/passphrase'
import { documentValidator, secretsValidator } from '#validators/transfer'

const FORMAT = 'daemun.providers'
const VERSION = 1

/** What the file says about a provider in the clear. */
export interface ProviderRecord {
  key: string
  driver: string
  enabled: boolean
  /** Absent in files from before there was a choice. */
  onUnlink?: OnUnlink
  settings: ProviderSettings
}

/** What the file holds about a provider under the passphrase. */
export interface ProviderSecrets {
  key: string
  /** The active credential. */
  keys: { clientId: string; clientSecret: string | null } | null
  adminKey: string | null
}

export interface TransferDocument {
  exportedAt: string
  site: string
  /** In their order. */
  providers: ProviderRecord[]
  /** Connected sites; absent in files from before there were any. */
  clients?: ClientRecord[]
  /** Terms, privacy policy and the like; absent in files from before there were any. */
  documents?: DocumentRecord[]
  /** The site's own name, look and switches; absent where nobody has decided any. */
  identity?: SiteSettings
  /** `null`: the file has settings only. */
  secrets: ProviderSecrets[] | null
}

export type DocumentProblem =
  | { name: 'not_json' | 'not_ours' | 'passphrase_missing' | 'wrong_passphrase' | 'tampered' }
  | { name: 'version'; version: string }
  /** Paths such as `providers.0.settings.label`. */
  | { name: 'invalid'; fields: string[] }
  | { name: 'unknown_driver'; key: string; driver: string }
  | { name: 'duplicate_key'; key: string }

export type Reading =
  { ok: true; document: TransferDocument } | { ok: false; problem: DocumentProblem }

/**
 * The text of a file.
 *
 * @param sealing the secrets and the passphrase that protects them; without it there
 *   are none
 */
export async function writeDocument(
  providers: ProviderRecord[],
  sealing: { secrets: ProviderSecrets[]; passphrase: string } | null,
  {
    clients = [],
    documents = [],
    identity,
  }: Pick<TransferDocument, 'clients' | 'documents' | 'identity'> = {}
): Promise<string> {
  const open = {
    format: FORMAT,
    version: VERSION,
    exportedAt: now().toISO(),
    site: appUrl,
    providers,
    ...(clients.length > 0 && { clients }),
    ...(documents.length > 0 && { documents }),
    ...(identity && { identity }),
  }
  const secrets =
    sealing &&
    (await sealByPassphrase(
      sealing.passphrase,
      JSON.stringify(sealing.secrets),
      JSON.stringify(open)
    ))
  return `${JSON.stringify({ ...open, ...(secrets && { secrets }) }, null, 2)}\n`
}

/**
 * Reads such a text back, whoever it comes from. If nothing is sealed, the text in the
 * clear may have been edited; otherwise the seal covers it too.
 */
export async function readDocument(text: string, passphrase: string | undefined): Promise<Reading> {
  const file = parse(text)
  if (file === null) return problem({ name: 'not_json' })
  if (file.format !== FORMAT) return problem({ name: 'not_ours' })
  if (file.version !== VERSION) {
    return problem({ name: 'version', version: String(file.version).slice(0, 20) })
  }
  const [error, valid] = await documentValidator.tryValidate(file)
  if (error) return problem({ name: 'invalid', fields: fieldsOf(error) })

  const { providers, site, exportedAt, clients: listed = [] } = valid
  const clients = listed.map(({ settings, ...client }) => ({
    ...client,
    settings: {
      ...settings,
      homeUrl: settings.homeUrl ?? null,
      privacyUrl: settings.privacyUrl ?? null,
      backchannelLogoutUri: settings.backchannelLogoutUri ?? null,
      webhookUrl: settings.webhookUrl ?? null,
      inside: settings.inside ?? false,
    },
  }))
  const unknown = providers.find(({ driver }) => !Object.hasOwn(DRIVERS, driver))
  if (unknown) return problem({ name: 'unknown_driver', key: unknown.key, driver: unknown.driver })
  const keys = providers.map(({ key }) => key)
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twice) return problem({ name: 'duplicate_key', key: twice })

  const ids = clients.map(({ clientId }) => clientId)
  const same = ids.find((id, index) => ids.indexOf(id) !== index)
  if (same) return problem({ name: 'duplicate_key', key: same })

  const { documents } = valid
  const odd = documents?.findIndex(
    ({ contents }) => (contents.url === null) === (contents.text === null)
  )
  if (odd !== undefined && odd !== -1) {
    return problem({ name: 'invalid', fields: [`documents.${odd}.contents`] })
  }
  const names = documents?.map(({ key }) => key) ?? []
  const again = names.find((key, index) => names.indexOf(key) !== index)
  if (again) return problem({ name: 'duplicate_key', key: again })

  const document = {
    exportedAt,
    site,
    providers,
    ...(valid.clients && { clients }),
    ...(documents && { documents }),
    ...(valid.identity && { identity: valid.identity }),
    secrets: null,
  }
  if (!valid.secrets) return { ok: true, document }
  if (!passphrase) return problem({ name: 'passphrase_missing' })

  const { secrets, ...open } = file
  const opened = await openByPassphrase(passphrase, valid.secrets, JSON.stringify(open))
  if (opened.kind !== 'opened') return problem({ name: opened.kind })
  const [damage, sealed] = await secretsValidator.tryValidate({ secrets: parse(opened.text) })
  if (damage) return problem({ name: 'invalid', fields: fieldsOf(damage) })
  return { ok: true, document: { ...document, secrets: sealed.secrets } }
}

const problem = (what: DocumentProblem): Reading => ({ ok: false, problem: what })

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const fieldsOf = ({ messages }: { messages: { field: string }[] }) =>
  messages.slice(0, 10).map(({ field }) => field)
