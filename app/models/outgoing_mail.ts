import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { OutgoingMailSchema } from '#database/schema'
import { appUrl } from '#config/app'
import { now, sqlTime } from '#models/clock'
import { newPublicId } from '#models/public_id'
import { seal, unseal } from '#models/sealed'

/**
 * Every mail this site sends, and what its template needs. Addresses of people
 * never come from what was typed, except where the mail is what proves them.
 */
export interface MailData {
  /** A sign-up: prove the address. `url` has a button, not an effect. */
  confirm_registration: { name: string; url: string }
  /** Somebody tried to sign up with an address that has an account. */
  address_taken: { signInUrl: string; resetUrl: string }
  /** A forgotten password; the link lives for one hour. */
  reset_password: { url: string }
  /** The password was set or changed. */
  password_changed: { resetUrl: string }
  /** Prove an address for an existing account; 24 hours. */
  prove_email: { url: string }
  /** To the former address: the account now has another one. */
  email_changed: { newEmail: string }
  /** A provider's account was joined to this one. */
  identity_linked: { provider: string; accountUrl: string }
  identity_unlinked: { provider: string; accountUrl: string }
  /** Six digits, typed into the page that waits for them. Holds no link that acts. */
  proof_code: { code: string; provider: string; startedAt: string }
  /** Six digits before a sensitive change. */
  recent_sign_in_code: { code: string }
  /** Withdrawal will happen unless the person signs in before then. */
  withdrawal_scheduled: { at: string; signInUrl: string }
  withdrawn: Record<string, never>
}

export type MailTemplate = keyof MailData

/**
 * A mail to send, written in the transaction of the change that causes it, so
 * that neither a crash nor a dead mail server loses it.
 */
export default class OutgoingMail extends OutgoingMailSchema {
  /** What strangers may make us send to one address in an hour, of one kind. */
  static readonly MOST_PER_HOUR = 5

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
        /* Fixed here, so that a mail sent twice is seen to be the same one. */
        messageId: `<${publicId}@${new URL(appUrl).hostname}>`,
        template: mail.template,
        locale: mail.locale ?? 'ko',
        recipient: mail.to,
        data: seal(`outgoing_mails:${publicId}:data`, JSON.stringify(mail.data)),
        tries: 0,
        nextAt: now(),
      },
      { client }
    )
  }

  /** Tells the owner of a proved address that somebody typed it to sign up. */
  static async tellTaken(
    { email, locale }: { email: string | null; locale: string | null },
    client: TransactionClientContract
  ): Promise<void> {
    if (email === null) return
    const data = { signInUrl: `${appUrl}/user/login`, resetUrl: `${appUrl}/user/password/forgot` }
    await OutgoingMail.queue({ template: 'address_taken', to: email, locale, data }, client)
  }

  /** Whether an address had its share of mails of these kinds in the last hour. */
  static async isFlooding(
    to: string,
    templates: MailTemplate[],
    client: TransactionClientContract
  ): Promise<boolean> {
    const recent = await OutgoingMail.query({ client })
      .select('id')
      .where('recipient', to)
      .whereIn('template', templates)
      .where('createdAt', '>', sqlTime(now().minus({ hours: 1 })))
      .limit(OutgoingMail.MOST_PER_HOUR)
    return recent.length >= OutgoingMail.MOST_PER_HOUR
  }

  /** What the template needs. @throws SecretUnreadable */
  revealData(): MailData[MailTemplate] {
    return JSON.parse(unseal(`outgoing_mails:${this.publicId}:data`, this.data ?? ''))
  }
}
