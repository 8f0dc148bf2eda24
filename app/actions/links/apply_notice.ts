import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { affectedOne } from '#database/affected'
import { inTransaction } from '#database/transaction'
import { JOB } from '#audit/actor'
import { waysIn } from '#auth/ways_in'
import { appUrl } from '#config/app'
import AuditEntry from '#models/audit_entry'
import Identity from '#models/identity'
import OutgoingMail, { type MailContents } from '#models/outgoing_mail'
import Provider from '#models/provider'
import ReceivedNotice, { type NoticeConsequence, type NoticeResult } from '#models/received_notice'
import User from '#models/user'
import UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'

const SIGN_IN = `${appUrl}/user/login`

interface Person {
  user: User
  identity: Identity
  provider: Provider
}

interface Outcome {
  result: NoticeResult
  consequence?: NoticeConsequence
}

/**
 * Carries out a notice, once: the link ends, with its tokens and the sessions that came
 * through it, if the notice is later than the link; a notice sent again after the
 * person came back does nothing. What else happens is the administrators' choice for
 * the provider. A notice about an address ends the proof that rests on the provider's
 * word (decision 9).
 */
export class ApplyNotice {
  /** How long until a withdrawal that follows; any sign-in calls it off. */
  static readonly WITHDRAWAL_DELAY = { days: 7 }

  async handle({ id, providerId }: ReceivedNotice): Promise<void> {
    const flooding = await ReceivedNotice.isFlooding(providerId)
    await inTransaction(async (trx) => {
      const claimed = await affectedOne(
        ReceivedNotice.query({ client: trx })
          .where('id', id)
          .whereNull('handledAt')
          .update({ handledAt: sqlTime(now()) })
      )
      if (!claimed) return

      const notice = await ReceivedNotice.findOrFail(id, { client: trx })
      const outcome = await this.#apply(notice, flooding, trx)
      await notice.merge({ consequence: null, ...outcome }).save()
    })
  }

  async #apply(
    notice: ReceivedNotice,
    flooding: boolean,
    trx: TransactionClientContract
  ): Promise<Outcome> {
    if (notice.event === 'other') return { result: 'not_ours' }
    if (notice.happenedAt < notice.receivedAt.minus(ReceivedNotice.GOOD_FOR)) {
      return { result: 'too_old' }
    }
    const { providerId, subject } = notice
    const before = await Identity.known(providerId, subject, trx)
    if (!before) return { result: notice.reason === 'by_service' ? 'our_own' : 'nobody' }

    const user = await User.lock(before.userId, trx)
    const identity = await Identity.known(providerId, subject, trx)
    if (!user || !identity || identity.userId !== user.id) return { result: 'nobody' }
    if (identity.isUnlinked) return { result: 'unlinked_before' }
    if (notice.event === 'identifier') return this.#doubtAddress(user, identity, notice, trx)
    if (notice.happenedAt <= identity.linkedAt) return { result: 'linked_since' }

    if (!(await identity.endLink(now(), trx))) {
      /* Newer tokens of the same link arrived in between. */
      await identity.refresh()
      await identity.endLink(now(), trx)
    }
    await UserSession.endThrough(identity, 'unlinked', trx)
    const provider = await Provider.findOrFail(providerId, { client: trx })
    const person = { user, identity, provider }
    const consequence = await this.#follow(person, { notice, flooding }, trx)
    if (consequence === undefined || consequence === 'held') await this.#mailWayBack(person, trx)
    return { result: 'unlinked', consequence }
  }

  /**
   * The notice does not say what has changed, so the address counts as lost until the
   * provider vouches for one again, as it does at the next sign-in.
   */
  async #doubtAddress(
    user: User,
    identity: Identity,
    { happenedAt }: ReceivedNotice,
    trx: TransactionClientContract
  ): Promise<Outcome> {
    if (identity.lastUsedAt && happenedAt <= identity.lastUsedAt) return { result: 'seen_since' }
    if (await user.endEmailProof(identity, trx)) return { result: 'address_ended' }
    /* An address that was only shown is no longer good for mails either. */
    await identity.useTransaction(trx).merge({ email: null }).save()
    return { result: 'address_kept' }
  }

  /** A retiring key may be in the wrong hands, so it shuts nobody out. */
  async #follow(
    { user, identity, provider }: Person,
    { notice, flooding }: { notice: ReceivedNotice; flooding: boolean },
    trx: TransactionClientContract
  ): Promise<NoticeConsequence | undefined> {
    if (provider.onUnlink === 'nothing' || notice.byRetiring || user.isAdmin) return undefined
    if (user.isSuspended || user.withdrawAt) return undefined
    /* The set-up is at fault: the person did not ask for this. */
    if (notice.reason === 'sign_up_incomplete') return undefined
    if (flooding) return 'held'

    if (provider.onUnlink === 'suspend') {
      await user.suspend(null, trx)
      const subject = user.asAuditSubject
      await AuditEntry.record({ actor: JOB, action: 'user.suspended', subject }, trx)
      return 'suspended'
    }

    await user.endSessions()
    const at = now().plus(ApplyNotice.WITHDRAWAL_DELAY)
    await user.merge({ withdrawAt: at }).save()
    const data = { at: at.toISO()!, signInUrl: SIGN_IN, provider: provider.label }
    await this.#mail({ user, identity }, { template: 'withdrawal_scheduled', data }, trx)
    return 'withdrawal'
  }

  /**
   * A person with no other way in is told how to come back: by a password, or through
   * the same provider.
   */
  async #mailWayBack({ user, identity, provider }: Person, trx: TransactionClientContract) {
    if (user.isSuspended) return
    const ways = await waysIn(user, trx)
    if (ways.count > 0) return
    const data = {
      provider: provider.label,
      signInUrl: SIGN_IN,
      /* A password can only be reset at a proved address. */
      resetUrl: user.email === null ? null : `${appUrl}/user/password/forgot`,
    }
    await this.#mail({ user, identity }, { template: 'link_ended', data }, trx)
  }

  /** Without a proved address, the one that the provider showed is better than silence. */
  async #mail(
    { user, identity }: Pick<Person, 'user' | 'identity'>,
    contents: MailContents,
    trx: TransactionClientContract
  ) {
    const to = user.email ?? identity.email
    if (!to) return
    if (user.email === null && (await OutgoingMail.isFlooding(to, [contents.template], trx))) return
    await OutgoingMail.queue({ ...contents, to, locale: user.locale }, trx)
  }
}
