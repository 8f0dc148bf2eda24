import db from '@adonisjs/lucid/services/db'
import type { DatabaseQueryBuilderContract } from '@adonisjs/lucid/types/querybuilder'
import { normalizeEmail } from '#text/email'
import { type Cursor, type CursorPage, readPage } from '#searches/cursor_page'
import { beginningWith, searchKey } from '#text/search_key'
import User from '#models/user'

/** What a list of people is narrowed to; `null` means no restriction. */
export interface UserFilter {
  /** The beginning of a name or an address, or a whole id. */
  search: string | null
  role: User['role'] | null
  state: 'active' | 'suspended' | null
  /** Linked to this provider. */
  providerId: number | null
  email: 'with' | 'without' | null
}

/** People with their linked accounts, newest first. */
export async function findUsers(
  filter: UserFilter,
  cursor: Cursor | null
): Promise<CursorPage<User>> {
  /* Both columns hold the same id; this one's index is already in order. */
  const id = filter.providerId === null ? 'users.id' : 'identities.user_id'
  const page = await readPage(() => matching(filter).select({ id }), {
    order: { id },
    cursor,
    markOf: (row: { id: number }) => row,
  })

  const users = await User.query()
    .whereIn(
      'id',
      page.rows.map((row) => row.id)
    )
    .preload('identities', (identities) => identities.preload('provider').orderBy('id'))
    .orderBy('id', 'desc')
  return { ...page, rows: users }
}

function matching({ search, role, state, providerId, email }: UserFilter) {
  const query: DatabaseQueryBuilderContract<{ id: number }> =
    search === null
      ? db.from('users')
      : db.from(found(search).as('found')).join('users', 'users.id', 'found.id')
  if (providerId !== null) {
    query
      .join('identities', 'identities.user_id', 'users.id')
      .where('identities.provider_id', providerId)
      .groupBy('identities.user_id')
  }
  if (role) query.where('users.role', role)
  if (state === 'suspended') query.whereNotNull('users.suspended_at')
  if (state === 'active') query.whereNull('users.suspended_at')
  if (email === 'with') query.whereNotNull('users.email')
  if (email === 'without') query.whereNull('users.email')
  return query
}

/**
 * The ids of the people a search matches. Each part has an index; combined with OR, none
 * would be used.
 */
function found(search: string) {
  const name = searchKey(search)
  const address = normalizeEmail(search) ?? search.toLowerCase()
  const users = () => db.from('users').select('id')
  const identities = () => db.from('identities').select({ id: 'user_id' })
  const parts = [
    between(users(), 'email', address),
    between(identities(), 'email', address),
    identities().where('subject', search),
    users().where('public_id', search),
    ...(name ? [between(users(), 'search_key', name)] : []),
  ]
  const [first, ...others] = parts
  return others.reduce((all, part) => all.union(part), first)
}

function between(query: DatabaseQueryBuilderContract, column: string, prefix: string) {
  const [from, to] = beginningWith(prefix)
  return query.where(column, '>=', from).where(column, '<', to)
}
