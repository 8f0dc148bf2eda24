import type { QueryClientContract } from '@adonisjs/lucid/types/database'

/** What is deleted with a practice provider when a real one replaces it. */
export interface SandboxLosses {
  /** Members without another way in. */
  members: number
  identities: number
  attempts: number
  keys: number
}

/** A practice provider's row, as stored in the table. */
export interface SandboxRow {
  id: number
  public_id: string
  position: number
}

/**
 * The practice provider that holds a provider key. Queries the table rather than the
 * model, which hides practice rows when SANDBOX is off even though they still hold
 * their keys.
 */
export async function sandboxRow(
  key: string,
  client: QueryClientContract
): Promise<SandboxRow | null> {
  return client.query().from('providers').where({ key, sandbox: true }).first()
}

/** Members who came only through this provider; administrators always stay. */
export function membersOfSandbox({ id }: SandboxRow, client: QueryClientContract) {
  const identities = () => client.query().from('identities').select('user_id')
  return client
    .query()
    .from('users')
    .whereNull('password')
    .where('role', 'member')
    .whereIn('id', identities().where('provider_id', id))
    .whereNotIn('id', identities().whereNot('provider_id', id))
}

export async function lossesOf(
  row: SandboxRow,
  client: QueryClientContract
): Promise<SandboxLosses> {
  const rowsIn = (table: string) => client.query().from(table).where('provider_id', row.id)
  return {
    members: await countOf(membersOfSandbox(row, client)),
    identities: await countOf(rowsIn('identities')),
    attempts: await countOf(rowsIn('sign_in_attempts')),
    keys: await countOf(rowsIn('provider_credentials')),
  }
}

async function countOf(query: ReturnType<QueryClientContract['from']>): Promise<number> {
  const [{ total }] = await query.count('* as total')
  return Number(total)
}

/** What may be lost: at most the losses that somebody was shown, or any. */
export type ApprovedLosses = SandboxLosses | 'any'

export function areApproved(losses: SandboxLosses, approved: ApprovedLosses | undefined): boolean {
  if (approved === 'any') return true
  const names = Object.keys(losses) as (keyof SandboxLosses)[]
  return approved !== undefined && names.every((name) => losses[name] <= approved[name])
}
