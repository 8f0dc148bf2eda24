import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import db from '@adonisjs/lucid/services/db'
import { DateTime } from 'luxon'
import { affectedOne } from '#database/affected'
import { UserSessionSchema } from '#database/schema'
import { inTransaction } from '#database/transaction'
import Identity from '#models/identity'
import Provider from '#models/provider'
import Site from '#models/site/site'
import User from '#models/user'
import { newPublicId } from '#crypto/public_id'
import { now, sqlTime } from '#time/clock'
import { endAtSites } from '#oidc/end_at_sites'
import { tellOfMember } from '#oidc/tell_of_member'
import { Join } from '#database/join'

/**
 * One signed-in browser. The cookie holds the token, this row its hash; the row is read
 * with the user on each request, so that revoking one or suspending the user takes effect
 * at once, in every process.
 */
export default class UserSession extends UserSessionSchema {
  /** A session ends with the browser or after a day; a remembered one after 30 days. */
  static readonly LIFETIME = { days: 1 }
  static readonly REMEMBERED_LIFETIME = { days: 30 }
  /** It lapses earlier when nobody uses it; docs/security.md explains why. */
  static readonly IDLE = { hours: 2 }
  static readonly REMEMBERED_IDLE = { days: 14 }
  static readonly ADMIN_IDLE = { minutes: 30 }
  /** Use is recorded at most this often, so a session may lapse that much earlier. */
  static readonly SEEN_EVERY = { minutes: 5 }

  static readonly #withUser = new Join(
    () => ({ session: UserSession, user: User }),
    `user_sessions session join users \`user\` on \`user\`.id = session.user_id ${Site.JOIN}
      where session.token_hash = ?`,
    { siteVersion: 'site.version' }
  )

  static readonly #withProvider = {
    ofToken: joinWithProvider('token_hash'),
    ofPublicId: joinWithProvider('public_id'),
  }

  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>

  @belongsTo(() => Identity)
  declare identity: BelongsTo<typeof Identity>

  /** One statement, which locks the person's row as everything that ends sessions does. */
  static readonly #ifAsRead = `insert into user_sessions
      (public_id, token_hash, user_id, identity_id, user_agent, ip,
        authenticated_at, created_at, seen_at, expires_at, lapses_at)
    select ?, ?, id, ?, ?, ?, ?, ?, ?, ?, ? from users
      where id = ? and session_epoch = ? and role = ? and coalesce(email, '') = ?
        and suspended_at is null and second_factor_at is null and withdraw_at is null
        and coalesce(${Site.DUTIES}, duties, '') = coalesce(duties, '')`

  @beforeCreate()
  static givePublicId(session: UserSession) {
    session.publicId ??= newPublicId()
  }

  /** The session of this token, alive or not, with its user. */
  static async ofToken(tokenHash: string): Promise<UserSession | null> {
    const found = await UserSession.#withUser.first([tokenHash])
    if (!found?.session) return null
    const { session, user, siteVersion } = found
    session.$setRelated('user', user!)
    session.siteVersion = siteVersion as string | null
    return session
  }

  /** The same, with the identity it came through and that identity's provider, if any. */
  static async ofTokenWithProvider(tokenHash: string): Promise<UserSession | null> {
    return related(await UserSession.#withProvider.ofToken.first([tokenHash]))
  }

  /** A session by its public id, alive or not, in the same way. */
  static async ofPublicIdWithProvider(publicId: string): Promise<UserSession | null> {
    return related(await UserSession.#withProvider.ofPublicId.first([publicId]))
  }

  /** A sensitive change requires a proof of identity no older than this. */
  static readonly RECENT = { minutes: 10 }

  /** The version of this site, which came along with this row (`presentSite`). */
  siteVersion?: string | null

  /** Whether this request was let in because the proof is recent. */
  mustBeRecent = false

  get isRecent() {
    return this.authenticatedAt.plus(UserSession.RECENT) > now()
  }

  get isAlive() {
    return !this.revokedAt && this.expiresAt > now() && this.lapsesAt > now()
  }

  /** Whether the person chose to stay signed in. */
  get isRemembered() {
    return this.expiresAt > this.createdAt.plus(UserSession.LIFETIME)
  }

  /** Whether it was made with everything that `user`, who must be loaded, needs to sign in. */
  get isComplete() {
    return !this.user.hasSecondFactor || Boolean(this.secondFactorAt)
  }

  /** Whether only the second factor is missing for a new proof of identity. */
  get awaitsSecondFactor() {
    return Boolean(this.firstFactorAt && this.firstFactorAt.plus(UserSession.RECENT) > now())
  }

  /**
   * Locks the person's row for the rest of the transaction, then checks that this session
   * still stands, under the token it had when it was read.
   *
   * @returns the session with its person, both as they are now; `null` if it has ended
   */
  async hold(client: TransactionClientContract): Promise<UserSession | null> {
    const user = await User.lock(this.userId, client)
    const session = await this.inForce(client)
    if (!user || user.isSuspended || !session) return null
    session.$setRelated('user', user)
    return session.isComplete ? session : null
  }

  /**
   * Locks this session alone: anyone ending it waits until the transaction is over. It
   * uses a locking read, because a MySQL transaction otherwise keeps seeing what it saw
   * first.
   *
   * @returns the session as it is now; `null` if it has ended
   */
  async inForce(client: TransactionClientContract): Promise<UserSession | null> {
    const session = await UserSession.query({ client }).where('id', this.id).forUpdate().first()
    return session?.isAlive && session.tokenHash === this.tokenHash ? session : null
  }

  /** The sessions of a person that still work, most recently used first. */
  static aliveOf(userId: number, client?: TransactionClientContract) {
    return UserSession.query({ client })
      .where('userId', userId)
      .whereNull('revokedAt')
      .where('expiresAt', '>', sqlTime(now()))
      .where('lapsesAt', '>', sqlTime(now()))
      .orderBy('seenAt', 'desc')
      .orderBy('id', 'desc')
  }

  /** Ends every session that came through an identity whose link has ended, and says why. */
  static async endThrough(
    identity: Identity,
    endReason: NonNullable<UserSession['endReason']>,
    client: TransactionClientContract
  ) {
    await UserSession.query({ client })
      .where('identityId', identity.id)
      .whereNull('revokedAt')
      .update({ revokedAt: sqlTime(now()), endReason })
    await User.outdateProofs(identity.userId, client)
    await endAtSites({ identityId: identity.id }, client)
    await tellOfMember(identity.userId, 'identity.unlinked', client)
  }

  /**
   * Records that the session is in use now, which postpones its lapsing.
   *
   * @param user whose it is
   */
  markSeen({ isAdmin }: User): this {
    const { ADMIN_IDLE, IDLE, REMEMBERED_IDLE } = UserSession
    const idle = isAdmin ? ADMIN_IDLE : this.isRemembered ? REMEMBERED_IDLE : IDLE
    this.seenAt = now()
    this.lapsesAt = DateTime.min(this.seenAt.plus(idle), this.expiresAt)
    return this
  }

  /**
   * Stores a new session that needs no second factor, if its person owes no answer to what
   * is asked now (`duties/open`) and is still as they were read: what ends all sessions of
   * somebody comes before this or finds it.
   *
   * @returns whether it is stored
   */
  async saveIfAsRead({ id, sessionEpoch, role, email }: User): Promise<boolean> {
    this.publicId ??= newPublicId()
    const client = db.connection()
    const times = [this.authenticatedAt, this.createdAt, this.seenAt, this.expiresAt, this.lapsesAt]
    const values = [
      ...[this.publicId, this.tokenHash, this.identityId, this.userAgent, this.ip],
      ...times.map(sqlTime),
      ...[id, sessionEpoch, role, email ?? ''],
    ]
    /* SQLite lets one process write at a time. */
    const lock = client.dialect.name === 'mysql' ? ' for update' : ''
    const answer = await client.rawQuery(UserSession.#ifAsRead + lock, values as string[])
    const { affectedRows, insertId, changes, lastInsertRowid } = [answer].flat()[0]
    if ((affectedRows ?? changes) !== 1) return false

    this.id = Number(insertId ?? lastInsertRowid)
    this.$isPersisted = true
    this.$hydrateOriginals()
    return true
  }

  /** Ends it here and at the sites where it was used to sign in. */
  async revoke() {
    const revokedAt = now()
    await inTransaction(async (trx) => {
      const ended = await affectedOne(
        UserSession.query({ client: trx })
          .where('id', this.id)
          .whereNull('revokedAt')
          .update({ revokedAt: sqlTime(revokedAt) })
      )
      if (ended) await endAtSites({ sessionIds: [this.id] }, trx)
    }, this.$trx)
    this.revokedAt = revokedAt
  }
}

function joinWithProvider(column: 'token_hash' | 'public_id') {
  return new Join(
    () => ({ session: UserSession, user: User, identity: Identity, provider: Provider }),
    `user_sessions session join users \`user\` on \`user\`.id = session.user_id
      left join identities identity on identity.id = session.identity_id
      left join providers provider on provider.id = identity.provider_id ${Site.JOIN}
      where session.${column} = ?`,
    { siteVersion: 'site.version' }
  )
}

type WithProvider = Awaited<ReturnType<ReturnType<typeof joinWithProvider>['first']>>

function related(found: WithProvider): UserSession | null {
  if (!found?.session) return null
  const { session, user, identity, provider, siteVersion } = found
  session.siteVersion = siteVersion as string | null
  session.$setRelated('user', user!)
  identity?.$setRelated('provider', provider!)
  session.$setRelated('identity', identity)
  return session
}
