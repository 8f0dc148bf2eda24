import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { affectedOne } from '#database/affected'
import { lease, leased, unleased } from '#database/lease'
import { OutgoingMailSchema } from '#database/schema'
import { keyedHash } from '#crypto/random_token'
import { appUrl } from '#config/app'
import env from '#start/env'
import type { AuditSubject } from '#audit/actions'
import { mostOf, secondsOf } from '#limits/limits'
import { now, sqlTime } from '#time/clock'
import { maskEmail } from '#text/mask'
import { newPublicId } from '#crypto/public_id'
import { seal, unseal } from '#crypto/sealed'
import User from '#models/user'
import type { FailureName } from '#trip/failure'

/**
 * Every mail this site sends, and what its template needs. People's addresses never come
 * from what was typed, except where the mail is what proves them. Such a mail goes to any
 * address a stranger named, so nothing in it is the stranger's words: not even a harmless
 * name, or the site would carry messages for anyone.
 */
export interface MailData {
  /** A sign-up: prove the address. The page at `url` has a button; opening it changes nothing. */
  confirm_registration: { url: string }
  /** Someone tried to sign up with an address that already has an account. */
  address_taken: { signInUrl: string; resetUrl: string }
  /** A forgotten password; the link lives for one hour. */
  reset_password: { url: string }
  /** The password was set or changed. */
  password_changed: { resetUrl: string }
  /** Prove an address for an existing account; 24 hours. */
  prove_email: { url: string }
  /** To the former address: the account now has a different one. */
  email_changed: { newEmail: string }
  /** A provider's account was linked to this one. */
  identity_linked: { provider: string; accountUrl: string }
  identity_unlinked: { provider: string; accountUrl: string }
  /**
   * Six digits, typed into the page that waits for them. Contains no link that acts.
   * `startedAt` in ISO 8601. `isNewcomer`: there is no account yet to link to.
   */
  proof_code: { code: string; provider: string; startedAt: string; isNewcomer?: boolean }
  /** Six digits before a sensitive change. */
  recent_sign_in_code: { code: string }
  /**
   * The withdrawal will go ahead unless the person signs in before then. `at` in ISO
   * 8601; `provider` if it follows from a link that was ended there.
   */
  withdrawal_scheduled: { at: string; signInUrl: string; provider?: string }
  withdrawn: Record<string, never>
  /** To administrators: a provider's secret should be replaced. `url` is the page to do so. */
  secret_old: { provider: string; days: string; url: string }
  /** A second factor was switched on or off. */
  second_factor_on: { accountUrl: string }
  second_factor_off: { accountUrl: string }
  /** Many wrong codes: someone knows the first factor. */
  second_factor_guessed: { accountUrl: string }
  /** A written-down code stood in for the app; `left` is how many remain. */
  recovery_code_used: { left: number; accountUrl: string }
  /**
   * To administrators: a button was hidden automatically, or came back. `url` is the
   * health page.
   */
  provider_hidden: { provider: string; reason: FailureName; url: string }
  provider_offered_again: { provider: string; url: string }
  /**
   * To administrators: a site has taken no event for a week and is told no more. `url` is
   * the page to switch that on again.
   */
  webhook_off: { client: string; url: string }
  /** A provider reports that the link ended, and the person has no other way in. */
  link_ended: { provider: string; signInUrl: string; resetUrl: string | null }
  /** A link could not be ended at its provider; explains how to do so by hand. */
  link_remains: { provider: string; driver: string }
  /** To the administrator who tests whether mail goes out. */
  trial: Record<string, never>
}

export type MailTemplate = keyof MailData

/** A template with its data. */
export type MailContents = {
  [Template in MailTemplate]: { template: Template; data: MailData[Template] }
}[MailTemplate]

/** Why a mail was not accepted; for administrators, so without addresses or contents. */
export interface MailFailure {
  reason: string
  /** The server will not accept this mail later either. */
  permanent: boolean
}

/* Minutes until the next try, after the first failure, the second and so on: 2.7 days in all. */
const PAUSES = [1, 5, 15, 60, 240, 720, 1440, 1440]

/* A permanent refusal is retried all the same: some servers refuse strangers at first. */
const TRIES_WHEN_REFUSED = 3

/**
 * A mail to send, written in the transaction of the change that causes it, so that
 * neither a crash nor a dead mail server loses it.
 */
export default class OutgoingMail extends OutgoingMailSchema {
  /** How long a row is kept after it was sent or given up. */
  static readonly KEPT = { days: 30 }
  /** How many mails of one kind strangers may make us send to one address in an hour. */
  static get MOST_PER_HOUR() {
    return mostOf('mails')
  }

  /**
   * Queues a mail.
   *
   * @param to a stored, normalised address
   * @param client the transaction of the change
   */
  static async queue<Template extends MailTemplate>(
    mail: { template: Template; to: string; locale: string | null; data: MailData[Template] },
    client?: TransactionClientContract
  ): Promise<OutgoingMail> {
    const publicId = newPublicId()
    return OutgoingMail.create(
      {
        publicId,
        /* Fixed here, so that a mail sent twice is recognised as the same one. */
        messageId: `<${publicId}@${new URL(appUrl).hostname}>`,
        template: mail.template,
        locale: mail.locale ?? 'ko',
        recipient: mail.to,
        recipientHash: OutgoingMail.#hashOf(mail.to),
        data: seal(`outgoing_mails:${publicId}:data`, JSON.stringify(mail.data)),
        tries: 0,
        nextAt: now(),
      },
      { client }
    )
  }

  /** Tells the owner of a proved address that someone tried to sign up with it. */
  static async tellAddressTaken(
    { email, locale }: { email: string | null; locale: string | null },
    client: TransactionClientContract
  ): Promise<void> {
    if (email === null) return
    const data = { signInUrl: `${appUrl}/user/login`, resetUrl: `${appUrl}/user/password/forgot` }
    await OutgoingMail.queue({ template: 'address_taken', to: email, locale, data }, client)
  }

  /** Tells a person with a proved address that a way to sign in was added or removed. */
  static async tellOfIdentity(
    { email, locale }: { email: string | null; locale: string | null },
    template: 'identity_linked' | 'identity_unlinked',
    provider: string,
    client: TransactionClientContract
  ): Promise<void> {
    if (email === null) return
    const data = { provider, accountUrl: `${appUrl}/account/sign_in_methods` }
    await OutgoingMail.queue({ template, to: email, locale, data }, client)
  }

  /** Tells a person with a proved address that the password was set, changed or removed. */
  static async tellOfPassword(
    { email, locale }: { email: string | null; locale: string | null },
    client: TransactionClientContract
  ): Promise<void> {
    if (email === null) return
    const data = { resetUrl: `${appUrl}/user/password/forgot` }
    await OutgoingMail.queue({ template: 'password_changed', to: email, locale, data }, client)
  }

  /** Tells a person with a proved address what happened to the second factor. */
  static async tellOfSecondFactor(
    { email, locale }: { email: string | null; locale: string | null },
    template: 'second_factor_on' | 'second_factor_off' | 'second_factor_guessed',
    client: TransactionClientContract
  ): Promise<void> {
    if (email === null) return
    const page = template === 'second_factor_guessed' ? 'history' : 'second_factor'
    const data = { accountUrl: `${appUrl}/account/${page}` }
    await OutgoingMail.queue({ template, to: email, locale, data }, client)
  }

  /** Tells a person with a proved address that a recovery code was used. */
  static async tellOfRecoveryCode(
    { email, locale }: { email: string | null; locale: string | null },
    left: number,
    client: TransactionClientContract
  ): Promise<void> {
    if (email === null) return
    const data = { left, accountUrl: `${appUrl}/account/second_factor` }
    await OutgoingMail.queue({ template: 'recovery_code_used', to: email, locale, data }, client)
  }

  /** Tells every administrator with a proved address who can still sign in. */
  static async tellAdministrators<Template extends MailTemplate>(
    template: Template,
    data: MailData[Template],
    client: TransactionClientContract
  ): Promise<void> {
    const administrators = await User.query({ client })
      .where('role', 'admin')
      .whereNotNull('email')
      .whereNull('suspendedAt')
    for (const { email, locale } of administrators) {
      await OutgoingMail.queue({ template, to: email!, locale, data }, client)
    }
  }

  /** Whether an address has had its share of mails of these kinds in the last hour. */
  static async isFlooding(
    to: string,
    templates: MailTemplate[],
    client: TransactionClientContract
  ): Promise<boolean> {
    const recent = await OutgoingMail.query({ client })
      .select('id')
      .where('recipientHash', OutgoingMail.#hashOf(to))
      .whereIn('template', templates)
      .where('createdAt', '>', sqlTime(now().minus({ seconds: secondsOf('mails') })))
      .limit(OutgoingMail.MOST_PER_HOUR)
    return recent.length >= OutgoingMail.MOST_PER_HOUR
  }

  /** Template and data, ready to be rendered as a letter. @throws SecretUnreadable */
  reveal(): MailContents {
    return { template: this.template, data: this.revealData() } as MailContents
  }

  /** What the template needs. @throws SecretUnreadable */
  revealData(): MailData[MailTemplate] {
    return JSON.parse(unseal(`outgoing_mails:${this.publicId}:data`, this.data ?? ''))
  }

  /** Mails that are due and that no process is sending, the longest waiting first. */
  static due(limit: number) {
    return OutgoingMail.#free().orderBy('nextAt').orderBy('id').limit(limit)
  }

  /** Mails that failed at least once and have not been sent since, newest first. */
  static stuck() {
    return OutgoingMail.query()
      .whereNull('sentAt')
      .where((query) => query.where('tries', '>', 0).orWhereNotNull('givenUpAt'))
      .orderBy('id', 'desc')
  }

  /** How many wait to be sent, whether tried before or not. */
  static async countWaiting(): Promise<number> {
    const [{ $extras }] = await OutgoingMail.query()
      .whereNull('sentAt')
      .whereNull('givenUpAt')
      .count('* as total')
    return Number($extras.total)
  }

  /**
   * Reserves this mail for the caller, for `LEASE`.
   *
   * @returns whether it was still free; of two processes one gets `false`
   */
  async lease(): Promise<boolean> {
    return lease(this, OutgoingMail.#free())
  }

  /** Extends the lease on a mail being sent. @returns `false` when another process has it by now */
  async renewLease(): Promise<boolean> {
    return lease(this, this.#mine())
  }

  /** The server accepted it: what it said, and to whom, is forgotten. */
  async markSent() {
    /* No matter who holds the lease by now: sent is sent. */
    await OutgoingMail.query()
      .where('id', this.id)
      .whereNull('sentAt')
      .update({
        sentAt: sqlTime(now()),
        givenUpAt: null,
        leaseUntil: null,
        recipient: null,
        data: null,
        lastError: null,
        updatedAt: sqlTime(now()),
      })
  }

  /**
   * The server did not accept it: postpones it for longer each time, and gives up in the
   * end.
   *
   * @returns whether there will be another try
   */
  async markFailed(failure: MailFailure): Promise<boolean> {
    const tries = this.tries + 1
    const pause = PAUSES[tries - 1]
    const again = pause !== undefined && !(failure.permanent && tries >= TRIES_WHEN_REFUSED)
    await this.#mine().update({
      tries,
      nextAt: sqlTime(now().plus({ minutes: again ? pause : 0 })),
      givenUpAt: again ? null : sqlTime(now()),
      leaseUntil: null,
      lastError: failure.reason.slice(0, 100),
      updatedAt: sqlTime(now()),
    })
    return again
  }

  /**
   * At an administrator's request: as if it had just been queued. A mail being sent is
   * left alone.
   *
   * @returns whether it was still waiting
   */
  async tryAgainNow(client?: TransactionClientContract): Promise<boolean> {
    return affectedOne(
      OutgoingMail.query({ client })
        .where('id', this.id)
        .whereNull('sentAt')
        .update({ tries: 0, nextAt: sqlTime(now()), givenUpAt: null, updatedAt: sqlTime(now()) })
    )
  }

  /** Deletes it unsent. @returns whether it was still waiting */
  async drop(client: TransactionClientContract): Promise<boolean> {
    return affectedOne(
      OutgoingMail.query({ client }).where('id', this.id).whereNull('sentAt').delete()
    )
  }

  /** How the audit names it: by its kind, and enough of the address to recognise it. */
  get asAuditSubject(): AuditSubject {
    return { type: 'mail', id: this.publicId, label: `${this.template} ${this.maskedRecipient}` }
  }

  /** Enough of the address to recognise it, not enough to write to. */
  get maskedRecipient(): string {
    return this.recipient ? maskEmail(this.recipient) : ''
  }

  /* Keyed, so that the table alone does not reveal whether it contains an address. */
  static #hashOf(address: string) {
    return keyedHash(env.get('APP_KEY')[0], `outgoing_mails:recipient:${address}`)
  }

  static #free() {
    return unleased(OutgoingMail.query())
      .whereNull('sentAt')
      .whereNull('givenUpAt')
      .where('nextAt', '<=', sqlTime(now()))
  }

  #mine() {
    return leased(OutgoingMail.query(), this).whereNull('sentAt')
  }
}
