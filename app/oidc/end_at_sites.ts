import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import Client from '#models/oidc/client'
import SiteMessage, { type Word } from '#models/oidc/site_message'

/** What ends. */
export type Ended =
  /** Everything of a member; `exceptSessionId`, the session in use, stays with what it gave. */
  | { userId: number; exceptSessionId?: number }
  /** Everything of a member at one site, by its `clientId`. */
  | { userId: number; clientId: string }
  /** What began through one identity of a member. */
  | { identityId: number }
  /** Single sessions. */
  | { sessionIds: number[] }

/**
 * Ends what sites were given: tokens, codes and their grants. Tells the sites that want to
 * hear of it that the sign-ins there are over (OpenID Connect Back-Channel Logout 1.0).
 * Every end of a session comes through here. What depends on a single session is not
 * deleted, because the adapter checks whether that session still stands.
 *
 * @param trx the transaction that ends the sessions; they still have their rows
 */
export async function endAtSites(ended: Ended, trx: TransactionClientContract) {
  await tellOfVisits(ended, trx)
  if ('sessionIds' in ended) return
  if ('identityId' in ended) {
    await trx.from('oidc_payloads').where('identity_id', ended.identityId).delete()
    return
  }
  const rows = trx.from('oidc_payloads').where('user_id', ended.userId)
  if ('clientId' in ended) {
    await tellOfMember(ended, trx)
    rows.where('client_id', ended.clientId)
  } else if (ended.exceptSessionId === undefined) {
    await tellOfMember(ended, trx)
  } else {
    const { exceptSessionId } = ended
    rows.where((other) =>
      other.whereNull('user_session_id').orWhereNot('user_session_id', exceptSessionId)
    )
  }
  await rows.delete()
}

interface VisitRow {
  id: number
  client_id: string
  user_id: number
  user_session_id: number
}

/**
 * Tells of each session at each site where it was used to sign in, once: also of one that
 * nobody has used for long, since the site may still have its own. A locking read, because
 * a sign-in at a site may have come between.
 */
async function tellOfVisits(ended: Ended, trx: TransactionClientContract) {
  const visits = trx
    .from('oidc_payloads')
    .select('id', 'client_id', 'user_id', 'user_session_id')
    .where('model', 'Visit')
    .whereNotNull('user_session_id')
  if ('userId' in ended) {
    visits.where('user_id', ended.userId)
    if ('clientId' in ended) visits.where('client_id', ended.clientId)
    else if (ended.exceptSessionId !== undefined) {
      visits.whereNot('user_session_id', ended.exceptSessionId)
    }
  } else {
    const ids =
      'sessionIds' in ended ? ended.sessionIds : await sessionsThrough(ended.identityId, trx)
    if (ids.length === 0) return
    visits.whereIn('user_session_id', ids)
  }
  const rows: VisitRow[] = await visits.forUpdate()
  if (rows.length === 0) return

  const clientIds = [...new Set(rows.map((row) => row.client_id))]
  const listening = await listeningClients(trx).whereIn('clientId', clientIds)
  const members = await publicIds(
    'users',
    trx,
    rows.map((row) => row.user_id)
  )
  const sessions = await publicIds(
    'user_sessions',
    trx,
    rows.map((row) => row.user_session_id)
  )
  const words = rows.flatMap((row): Word[] => {
    const client = listening.find(({ clientId }) => clientId === row.client_id)
    const sid = sessions.get(row.user_session_id)
    if (!client || !sid) return []
    return [{ client, kind: 'logout', member: members.get(row.user_id)!, sid }]
  })
  await SiteMessage.queue(words, trx)
  /* They are told, and not told again when more ends later. */
  await trx
    .from('oidc_payloads')
    .whereIn(
      'id',
      rows.map(({ id }) => id)
    )
    .delete()
}

/**
 * Tells every site where the member has ever signed in, or one of them, that nothing of
 * them stands any more: what a site remembers may be older than the sessions here.
 */
async function tellOfMember(
  { userId, clientId }: { userId: number; clientId?: string },
  trx: TransactionClientContract
) {
  const clients = listeningClients(trx).whereIn('id', (known) =>
    known.from('client_members').select('client_id').where('user_id', userId)
  )
  if (clientId !== undefined) clients.where('clientId', clientId)
  const listening = await clients
  if (listening.length === 0) return
  const members = await publicIds('users', trx, [userId])
  const member = members.get(userId)!
  const words = listening.map((client): Word => ({ client, kind: 'logout', member }))
  await SiteMessage.queue(words, trx)
}

function listeningClients(client: TransactionClientContract) {
  return Client.query({ client }).whereNotNull('backchannelLogoutUri').whereNull('disabledAt')
}

async function sessionsThrough(identityId: number, trx: TransactionClientContract) {
  const rows: { id: number }[] = await trx
    .from('user_sessions')
    .select('id')
    .where('identity_id', identityId)
    .forUpdate()
  return rows.map(({ id }) => id)
}

async function publicIds(
  table: 'users' | 'user_sessions',
  trx: TransactionClientContract,
  ids: number[]
) {
  const rows: { id: number; public_id: string }[] = await trx
    .from(table)
    .select('id', 'public_id')
    .whereIn('id', [...new Set(ids)])
    .forUpdate()
  return new Map(rows.map((row) => [row.id, row.public_id]))
}
