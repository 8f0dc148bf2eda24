import type { QueryClientContract } from '@adonisjs/lucid/types/database'

/** What goes with a practice provider when it gives way to a real one. */
export interface SandboxLosses {
  /** People who have no other way in. */
  members: number
  identities: number
  attempts: number
  keys: number
}

/** A practice row, as the tables have it. */
export interface SandboxRow {
  id: number
  public_id: string
  position: number
}

/**
 * The practice provider that holds a key. Asks the tables, not the model, which
 * does not see it when SANDBOX is off; it holds its key all the same.
 */
export async function sandboxRow(
  key: string,
  client: QueryClientContract
): Promise<SandboxRow | null> {
  return client.query().from('providers').where({ key, sandbox: true }).first()
}

/** Members who came through this provider alone; administrators stay, whatever they came through. */
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

/** What may be lost: as much as somebody was shown, or whatever there is. */
export type ApprovedLosses = SandboxLosses | 'any'

export function areApproved(losses: SandboxLosses, approved: ApprovedLosses | undefined): boolean {
  if (approved === 'any') return true
  const names = Object.keys(losses) as (keyof SandboxLosses)[]
  return approved !== undefined && names.every((name) => losses[name] <= approved[name])
}
