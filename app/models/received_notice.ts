import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { DateTime } from 'luxon'
import { ReceivedNoticeSchema } from '#database/schema'
import { hashToken } from '#crypto/random_token'
import type Identity from '#models/identity'
import Provider from '#models/provider'
import { now, sqlTime } from '#time/clock'
import { newPublicId } from '#crypto/public_id'
import type { Notice } from '#protocol/notice'

/** What became of a notice. */
export type NoticeResult =
  | 'unlinked'
  | 'unlinked_before'
  | 'linked_since'
  | 'seen_since'
  | 'address_ended'
  | 'address_kept'
  | 'nobody'
  | 'our_own'
  | 'too_old'
  | 'not_ours'

/** What else happened to the person, according to the provider's settings. */
export type NoticeConsequence = 'suspended' | 'withdrawal' | 'held'

/**
 * A provider's message that someone's link has ended, or that their address may now
 * belong to someone else, stored before anything is done about it: Naver sends it only
 * once.
 */
export default class ReceivedNotice extends ReceivedNoticeSchema {
  /** An older notice is kept and shown, but nothing follows from it any more. */
  static readonly GOOD_FOR = { hours: 24 }
  static readonly KEPT = { days: 30 }
  /** Above this many in an hour, only links end; what else follows waits for a person. */
  static readonly MOST_PER_HOUR = 100

  @belongsTo(() => Provider)
  declare provider: BelongsTo<typeof Provider>

  @beforeCreate()
  static givePublicId(notice: ReceivedNotice) {
    notice.publicId ??= newPublicId()
  }

  /**
   * Keeps a notice.
   *
   * @returns the row; for a repeated notice, the earlier row
   */
  static async keep(provider: Provider, notice: Notice): Promise<ReceivedNotice> {
    const { subject, event, reason, mark, byRetiring } = notice
    const fingerprint = mark === null ? null : hashToken(mark)
    const receivedAt = now()
    /* A clock that is ahead must not make a notice count for the future. */
    const happenedAt = DateTime.min(notice.happenedAt ?? receivedAt, receivedAt)
    try {
      return await ReceivedNotice.create({
        providerId: provider.id,
        subject,
        event,
        reason,
        fingerprint,
        byRetiring,
        happenedAt,
        receivedAt,
      })
    } catch (error) {
      const before =
        fingerprint && (await ReceivedNotice.findBy({ providerId: provider.id, fingerprint }))
      if (!before) throw error
      return before
    }
  }

  /**
   * Whether more notices than usual are ending links at a provider; answers to our own
   * calls do not count.
   */
  static async isFlooding(providerId: number): Promise<boolean> {
    const [row] = await ReceivedNotice.query()
      .where('providerId', providerId)
      .where('event', 'unlinked')
      .where((counted) => counted.whereNull('result').orWhereNot('result', 'our_own'))
      .where('receivedAt', '>', sqlTime(now().minus({ hours: 1 })))
      .count('* as total')
    return Number(row.$extras.total) > ReceivedNotice.MOST_PER_HOUR
  }

  /** The latest notices of a provider, newest first. */
  static lastOf(provider: Provider) {
    return ReceivedNotice.query().where('providerId', provider.id).orderBy('id', 'desc').limit(50)
  }

  /** Whether a flood has held back, within the last day, what should have followed. */
  static async isHeld(provider: Provider): Promise<boolean> {
    return (await ReceivedNotice.#held().where('providerId', provider.id).first()) !== null
  }

  /** The providers that have something held back. */
  static heldProviders(): Promise<Provider[]> {
    return Provider.query()
      .whereIn('id', ReceivedNotice.#held().select('providerId'))
      .withScopes((scopes) => scopes.inOrder())
  }

  static #held() {
    return ReceivedNotice.query()
      .where('consequence', 'held')
      .where('receivedAt', '>', sqlTime(now().minus({ hours: 24 })))
  }

  /**
   * Erases whom notices were about when the connection is deleted: nothing would lead to
   * them once that person leaves. They still count, and one that is still waiting finds
   * nobody.
   */
  static async forgetSubject({ providerId, subject }: Identity, client: TransactionClientContract) {
    await ReceivedNotice.query({ client }).where({ providerId, subject }).update({ subject: '' })
  }
}
