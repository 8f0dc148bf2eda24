import { belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { DurationLike } from 'luxon'
import { affectedOne } from '#database/affected'
import { lease, leased, unleased } from '#database/lease'
import { SiteMessageSchema } from '#database/schema'
import type { AuditSubject } from '#audit/actions'
import { newPublicId } from '#crypto/public_id'
import Client from '#models/oidc/client'
import { now, sqlTime } from '#time/clock'

/** What a site is to be told. */
export interface Word {
  client: Client
  kind: SiteMessage['kind']
  /** The member's public id; each site is told its own id for them. */
  member: string
  /** Of a sign-out: the session that has ended; `null` for every session of the member. */
  sid?: string | null
}

/** How a site answered, or why it did not. */
export interface MessageFailure {
  /** A name, and perhaps a code; without addresses. */
  reason: string
  status: number | null
}

/** Where a site is told: sign-outs and events have an address each, and fail apart. */
export type Channel = 'logout' | 'webhook'

/* Minutes until the next try, after the first failure, the second and so on: three days in all. */
const PAUSES = [1, 5, 15, 60, 240, 720, 1080, 1080, 1120]

/**
 * Something a site is told, written in the transaction of the change that it is about, so
 * that neither a crash nor a site that is down loses it.
 */
export default class SiteMessage extends SiteMessageSchema {
  static readonly table = 'site_messages'
  /** How long a row is kept after it was sent or given up. */
  static readonly KEPT: DurationLike = { days: 30 }
  /** After a failure, the site is told nothing else for this long. */
  static readonly REST: DurationLike = { minutes: 1 }

  @belongsTo(() => Client)
  declare client: BelongsTo<typeof Client>

  /**
   * Queues messages.
   *
   * @param trx the transaction of the change
   */
  static async queue(words: Word[], trx: TransactionClientContract) {
    if (words.length === 0) return
    const time = sqlTime(now())
    const rows = words.map(({ client, kind, member, sid = null }) => ({
      public_id: newPublicId(),
      client_id: client.id,
      kind,
      subject: client.subjectOf(member),
      sid,
      tries: 0,
      next_at: time,
      created_at: time,
      updated_at: time,
    }))
    await trx.table(SiteMessage.table).multiInsert(rows)
  }

  get channel(): Channel {
    return this.kind === 'logout' ? 'logout' : 'webhook'
  }

  /** Whether it was not sent, and will not be unless somebody wants it to. */
  get isGivenUp() {
    return !this.sentAt && Boolean(this.givenUpAt)
  }

  /** The sites that something is due for, each with the channel. */
  static async dueChannels(): Promise<{ clientId: number; channel: Channel }[]> {
    const rows = await SiteMessage.#free().distinct('clientId', 'kind')
    const channels = new Map(
      rows.map(({ clientId, channel }) => [`${clientId} ${channel}`, { clientId, channel }])
    )
    return [...channels.values()]
  }

  /**
   * Messages for one site that are due and that no process is sending, the longest waiting
   * first. What happened to one member is told in the order in which it happened: a later
   * event waits for the earlier one.
   */
  static due({ clientId, channel }: { clientId: number; channel: Channel }, limit: number) {
    const due = onChannel(SiteMessage.#free().where('clientId', clientId), channel)
    if (channel === 'webhook') {
      due.whereNotExists((earlier) =>
        earlier
          .from({ earlier: SiteMessage.table })
          .whereColumn('earlier.client_id', 'site_messages.client_id')
          .whereColumn('earlier.subject', 'site_messages.subject')
          .whereColumn('earlier.id', '<', 'site_messages.id')
          .whereNot('earlier.kind', 'logout')
          .whereNull('earlier.sent_at')
          .whereNull('earlier.given_up_at')
      )
    }
    return due.orderBy('nextAt').orderBy('id').limit(limit)
  }

  /** Messages that failed at least once and have not been sent since, newest first. */
  static stuck() {
    return SiteMessage.query()
      .whereNull('sentAt')
      .where((query) => query.where('tries', '>', 0).orWhereNotNull('givenUpAt'))
      .orderBy('id', 'desc')
  }

  /** How many wait to be sent, whether tried before or not. */
  static async countWaiting(): Promise<number> {
    const [{ $extras }] = await SiteMessage.query()
      .whereNull('sentAt')
      .whereNull('givenUpAt')
      .count('* as total')
    return Number($extras.total)
  }

  /** How much one site has still to be told, and how much was given up. */
  static async standingOf({ id }: Client): Promise<{ waiting: number; givenUp: number }> {
    const unsent = await SiteMessage.query()
      .where('clientId', id)
      .whereNull('sentAt')
      .count('* as total')
      .count('given_up_at as givenUp')
    const { total, givenUp } = unsent[0].$extras
    return { waiting: Number(total) - Number(givenUp), givenUp: Number(givenUp) }
  }

  /**
   * Reserves this message for the caller, for `LEASE`.
   *
   * @returns whether it was still free; of two processes one gets `false`
   */
  async lease(): Promise<boolean> {
    return lease(this, SiteMessage.#free())
  }

  /** @param status of the site's answer */
  async markSent(status: number) {
    /* No matter who holds the lease by now: sent is sent. */
    await SiteMessage.query()
      .where('id', this.id)
      .whereNull('sentAt')
      .update({
        sentAt: sqlTime(now()),
        givenUpAt: null,
        leaseUntil: null,
        tries: this.tries + 1,
        lastStatus: status,
        lastError: null,
        updatedAt: sqlTime(now()),
      })
  }

  /**
   * The site did not take it: postpones it for longer each time, and gives up in the end.
   * Whatever else waits for this site on this channel rests for a minute, so that a site
   * that is down is asked now and then and not once for each message.
   *
   * @returns whether there will be another try
   */
  async markFailed({ reason, status }: MessageFailure): Promise<boolean> {
    const tries = this.tries + 1
    const pause = PAUSES[tries - 1]
    const again = pause !== undefined
    await this.#mine().update({
      tries,
      nextAt: sqlTime(now().plus({ minutes: pause ?? 0 })),
      givenUpAt: again ? null : sqlTime(now()),
      leaseUntil: null,
      lastStatus: status,
      lastError: reason.slice(0, 100),
      updatedAt: sqlTime(now()),
    })
    const rested = sqlTime(now().plus(SiteMessage.REST))
    await onChannel(SiteMessage.query().where('clientId', this.clientId), this.channel)
      .whereNull('sentAt')
      .whereNull('givenUpAt')
      .where('nextAt', '<', rested)
      .update({ nextAt: rested })
    return again
  }

  /** There is nobody to send it to any more. */
  async giveUp(reason: string) {
    await this.#mine().update({
      givenUpAt: sqlTime(now()),
      leaseUntil: null,
      lastError: reason,
      updatedAt: sqlTime(now()),
    })
  }

  /**
   * At an administrator's request: as if it had just been queued, even if it was sent. It
   * keeps its name, by which the site recognises it. A message being sent is left alone.
   *
   * @returns whether it was still there
   */
  async sendAgain(client: TransactionClientContract): Promise<boolean> {
    const time = sqlTime(now())
    return affectedOne(
      unleased(SiteMessage.query({ client }).where('id', this.id)).update({
        tries: 0,
        nextAt: time,
        sentAt: null,
        givenUpAt: null,
        updatedAt: time,
      })
    )
  }

  /** Deletes it unsent. @returns whether it was still waiting */
  async drop(client: TransactionClientContract): Promise<boolean> {
    return affectedOne(
      SiteMessage.query({ client }).where('id', this.id).whereNull('sentAt').delete()
    )
  }

  /** How the audit names it: by the site, which must be loaded, and by what it says. */
  get asAuditSubject(): AuditSubject {
    return {
      type: 'site_message',
      id: this.publicId,
      label: `${this.client.clientId} ${this.kind}`,
    }
  }

  static #free() {
    return unleased(SiteMessage.query())
      .whereNull('sentAt')
      .whereNull('givenUpAt')
      .where('nextAt', '<=', sqlTime(now()))
  }

  #mine() {
    return leased(SiteMessage.query(), this).whereNull('sentAt')
  }
}

function onChannel<Query extends ReturnType<typeof SiteMessage.query>>(
  rows: Query,
  channel: Channel
): Query {
  if (channel === 'logout') rows.where('kind', 'logout')
  else rows.whereNot('kind', 'logout')
  return rows
}
