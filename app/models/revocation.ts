import { DateTime } from 'luxon'
import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { STRANGER_CAUSES } from '#database/enums'
import { affectedOne } from '#database/affected'
import { lease, leased, unleased } from '#database/lease'
import { retryOnConflict } from '#database/transaction'
import { RevocationSchema } from '#database/schema'
import type { AuditSubject } from '#audit/actions'
import type Identity from '#models/identity'
import OutgoingMail from '#models/outgoing_mail'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import { now, sqlTime } from '#time/clock'
import { newPublicId } from '#crypto/public_id'
import { seal, SecretUnreadable, unseal } from '#crypto/sealed'
import type { Visit } from '#trip/visit'
import type { KeptTokens, TokenSet } from '#protocol/token_set'

/** Whom to tell if the link cannot be ended: an address as stored, and its language. */
interface Contact {
  email: string
  locale: string | null
}

/** The account's owner, as far as a revocation needs to know. */
type Person = Pick<Contact, 'locale'> & { email: string | null }

/* Minutes until the next try, after the first failure, the second and so on; then once a day. */
const PAUSES = [1, 5, 15, 60, 180, 360, 720]
const DAY = 1440

/**
 * A link still to be ended at its provider, written in the transaction that ended it
 * here, with its own copy of the tokens. What happens here therefore never waits for a
 * provider, and no crash loses it.
 */
export default class Revocation extends RevocationSchema {
  /** How long it is tried, counted from the beginning. */
  static readonly TRIED_FOR = { days: 7 }
  /** How long one that was given up is kept, for an administrator to try again. */
  static readonly KEPT = { days: 14 }
  /** Someone may be about to link that account again during this time. */
  static readonly WHILE_PENDING = { minutes: 10 }

  @belongsTo(() => Provider)
  declare provider: BelongsTo<typeof Provider>

  @beforeCreate()
  static givePublicId(revocation: Revocation) {
    revocation.publicId ??= newPublicId()
  }

  /**
   * Queues the end of a link at its provider. If the provider has already said that it
   * ended, nothing is left to do, unless an administrator's key can make sure.
   * `identity.provider` must be loaded; the sandbox's provider is invisible to every
   * query once the sandbox is off, and then there is nowhere to end the link.
   *
   * @param person the account's owner: told by mail if it never works
   * @param client the transaction that ends the link here
   */
  static async queue(
    identity: Identity,
    { cause, person }: { cause: Revocation['cause']; person: Person },
    client: TransactionClientContract
  ): Promise<void> {
    const provider: Provider | null | undefined = identity.provider
    if (!provider || (identity.isUnlinked && provider.adminKey === null)) return
    const revocation = new Revocation()
    revocation.useTransaction(client)
    const { providerId, subject, tokenClientId, tokenExpiresAt } = identity
    revocation.fill({ providerId, subject, cause, tokenClientId, tokenExpiresAt })
    /* A refresh under way may still bring newer tokens and invalidate these. */
    const nextAt = DateTime.max(now(), identity.refreshLeaseUntil ?? now())
    revocation.merge({ publicId: newPublicId(), tries: 0, nextAt })
    revocation.#sealTokens(readable(identity))

    /* Without a proved address, one that the provider showed is better than silence. */
    const email = person.email ?? identity.email
    if (email) {
      const contact: Contact = { email, locale: person.locale }
      revocation.contact = seal(revocation.#purpose('contact'), JSON.stringify(contact))
    }
    await revocation.save()
  }

  /**
   * Queues the end of a link made by someone without an account here, replacing one that
   * such a person left behind before. Nobody is told if it never works.
   *
   * @param after when there is no one left to wait for
   * @param client the transaction that checks that nobody has this subject
   */
  static async queueStranger(
    { provider, profile, tokens }: Pick<Visit, 'provider' | 'profile' | 'tokens'>,
    { cause, after }: { cause: (typeof STRANGER_CAUSES)[number]; after: DateTime },
    client: TransactionClientContract
  ): Promise<void> {
    const whose = { providerId: provider.id, subject: profile.subject }
    await Revocation.#ofStranger(whose, client).delete()
    const [member] = await client
      .from('identities')
      .select('id')
      .where('subject', whose.subject)
      .whereIn('provider_id', await kinOf(provider, client))
    if (member) return

    const revocation = new Revocation()
    revocation.useTransaction(client)
    revocation.fill({ ...whose, cause, publicId: newPublicId(), tries: 0, nextAt: after })
    revocation.#sealRefreshedTokens(tokens)
    await revocation.save()
  }

  /** Someone will not finish what the link was made for: it may end now. */
  static async hasten(
    whose: Pick<Identity, 'providerId' | 'subject'>,
    client: TransactionClientContract
  ): Promise<void> {
    await Revocation.#ofStranger(whose, client)
      .where('cause', 'abandoned')
      .update({ nextAt: sqlTime(now()) })
  }

  static #ofStranger(
    { providerId, subject }: Pick<Identity, 'providerId' | 'subject'>,
    client: TransactionClientContract
  ) {
    return Revocation.query({ client })
      .where({ providerId, subject })
      .whereIn('cause', [...STRANGER_CAUSES])
  }

  /** Whether it belongs to someone who has never had an account here. */
  get isStrangers() {
    return (STRANGER_CAUSES as readonly string[]).includes(this.cause)
  }

  /** That account is linked again: nobody wants its link ended any more. */
  static async dropFor(
    { providerId, subject }: Pick<Identity, 'providerId' | 'subject'>,
    client?: TransactionClientContract
  ): Promise<void> {
    await Revocation.query({ client }).where({ providerId, subject }).delete()
  }

  /**
   * Gives an account's revocations newer tokens: a refresh was under way when the link
   * was ended here, and the provider may have invalidated the old ones.
   */
  static async passOnRefreshedTokens(
    { providerId, subject }: Pick<Identity, 'providerId' | 'subject'>,
    tokens: TokenSet
  ): Promise<void> {
    for (const revocation of await Revocation.query().where({ providerId, subject })) {
      await revocation.saveRefreshedTokens(tokens)
    }
  }

  /** Revocations that are due and that no process is working on, the longest waiting first. */
  static due(limit: number) {
    return Revocation.#free().orderBy('nextAt').orderBy('id').limit(limit)
  }

  /** Revocations that failed at least once, newest first, with their providers. */
  static stuck() {
    return Revocation.query()
      .where((query) => query.where('tries', '>', 0).orWhereNotNull('givenUpAt'))
      .preload('provider')
      .orderBy('id', 'desc')
  }

  /** How the audit names it: by its provider and its id, and not by its person. */
  get asAuditSubject(): AuditSubject {
    const provider: Provider | null | undefined = this.provider
    return { type: 'revocation', id: this.publicId, label: provider?.label ?? null }
  }

  /** @throws SecretUnreadable */
  revealTokens(): KeptTokens {
    const { accessToken, refreshToken } = this
    return {
      accessToken: accessToken && unseal(this.#purpose('access_token'), accessToken),
      refreshToken: refreshToken && unseal(this.#purpose('refresh_token'), refreshToken),
    }
  }

  /** Saves the tokens from a refresh; the refresh token stays as it was if none came along. */
  async saveRefreshedTokens(tokens: TokenSet) {
    this.#sealRefreshedTokens(tokens)
    await Revocation.query()
      .where('id', this.id)
      .update({
        accessToken: this.accessToken,
        ...(tokens.refreshToken !== null && { refreshToken: this.refreshToken }),
        tokenClientId: this.tokenClientId,
        tokenExpiresAt: this.tokenExpiresAt && sqlTime(this.tokenExpiresAt),
        updatedAt: sqlTime(now()),
      })
  }

  /**
   * Reserves this one for the caller, for `LEASE`, which is longer than any call.
   *
   * @returns whether it was still free; of two processes one gets `false`
   */
  async lease(): Promise<boolean> {
    return lease(this, Revocation.#free())
  }

  /**
   * Call it right before each call: there is no taking back. The transaction that links
   * an account, or makes it wait for a proof, deletes or rewrites a stranger's row here,
   * so this waits for a transaction that is about to.
   *
   * @returns `unwanted` when that account is linked again, or another process has this;
   *   `too_early` when it waits in some browser to be linked, or a trial is under way
   *   that may be that person's
   */
  async claimBeforeCall(provider: Provider): Promise<'wanted' | 'unwanted' | 'too_early'> {
    if (this.isStrangers && (await SignInAttempt.isTrialUnderWay(this.providerId))) {
      return 'too_early'
    }
    const { subject } = this
    const kin = await kinOf(provider)
    const ours = () =>
      this.#mine().whereNotExists((linked) =>
        linked.from('identities').where({ subject }).whereIn('provider_id', kin)
      )
    const nobodyWaits = () =>
      ours().whereNotExists((waiting) =>
        waiting
          .from('pending_identities')
          .where({ subject })
          .whereIn('provider_id', kin)
          .where('expires_at', '>', sqlTime(now()))
      )
    if (await retryOnConflict(() => lease(this, nobodyWaits()))) return 'wanted'
    return (await retryOnConflict(() => lease(this, ours()))) ? 'too_early' : 'unwanted'
  }

  /** The link has ended, or is wanted again: nothing is kept. */
  async forget() {
    await Revocation.query().where('id', this.id).delete()
  }

  /**
   * It did not work: postpones it for longer each time.
   *
   * @param reason a failure's name, with the provider's code
   * @returns `false` when that was the last try; giving up is then the caller's job
   */
  async markFailed(reason: string): Promise<boolean> {
    const nextAt = now().plus({ minutes: PAUSES[this.tries] ?? DAY })
    const again = nextAt <= this.createdAt.plus(Revocation.TRIED_FOR)
    await this.#mine().update({
      ...(again && { nextAt: sqlTime(nextAt), leaseUntil: null }),
      tries: this.tries + 1,
      lastError: reason.slice(0, 100),
      updatedAt: sqlTime(now()),
    })
    return again
  }

  /** Waits a while, without counting it as a failure. */
  async putOff(pause: { minutes: number }) {
    await this.#mine().update({ nextAt: sqlTime(now().plus(pause)), leaseUntil: null })
  }

  /** @returns whether it had not been given up before */
  async giveUp(client: TransactionClientContract): Promise<boolean> {
    return affectedOne(
      Revocation.query({ client })
        .where('id', this.id)
        .whereNull('givenUpAt')
        .update({ givenUpAt: sqlTime(now()), leaseUntil: null, contact: null })
    )
  }

  /**
   * At an administrator's request: now, and with short pauses as long as its days last.
   *
   * @returns `false` when it has ended in the meantime
   */
  async tryAgainNow(client: TransactionClientContract): Promise<boolean> {
    return affectedOne(
      Revocation.query({ client })
        .where('id', this.id)
        .update({ tries: 0, nextAt: sqlTime(now()), givenUpAt: null, updatedAt: sqlTime(now()) })
    )
  }

  /** Tells the person, if an address is known, how to end the link by hand. */
  async tellByHand(client: TransactionClientContract) {
    const contact = this.#revealContact()
    if (contact === null) return
    const provider = await Provider.findOrFail(this.providerId, { client })
    await OutgoingMail.queue(
      {
        template: 'link_remains',
        to: contact.email,
        locale: contact.locale,
        data: { provider: provider.label, driver: provider.driver },
      },
      client
    )
  }

  /* Once its key is lost, the address cannot be recovered. */
  #revealContact(): Contact | null {
    if (this.contact === null) return null
    try {
      return JSON.parse(unseal(this.#purpose('contact'), this.contact))
    } catch (error) {
      if (error instanceof SecretUnreadable) return null
      throw error
    }
  }

  #purpose(column: 'access_token' | 'refresh_token' | 'contact') {
    return `revocations:${this.publicId}:${column}`
  }

  #sealRefreshedTokens(tokens: TokenSet) {
    this.#sealTokens(tokens)
    this.tokenClientId = tokens.clientId
    this.tokenExpiresAt =
      tokens.expiresIn === null ? null : now().plus({ seconds: tokens.expiresIn })
  }

  #sealTokens({ accessToken, refreshToken }: KeptTokens) {
    if (accessToken !== null) this.accessToken = seal(this.#purpose('access_token'), accessToken)
    if (refreshToken !== null) {
      this.refreshToken = seal(this.#purpose('refresh_token'), refreshToken)
    }
  }

  static #free() {
    return unleased(Revocation.query()).whereNull('givenUpAt').where('nextAt', '<=', sqlTime(now()))
  }

  #mine() {
    return leased(Revocation.query(), this).whereNull('givenUpAt')
  }
}

/**
 * This provider and any others here for the same service: one application may be here
 * twice, and a subject identifies a person within an application.
 */
async function kinOf({ driver }: Pick<Provider, 'driver'>, client?: TransactionClientContract) {
  const kin = await Provider.query({ client }).select('id').where({ driver })
  return kin.map(({ id }) => id)
}

/** An account can leave even when nobody can read its tokens any more. */
function readable(identity: Identity): KeptTokens {
  try {
    return identity.revealTokens()
  } catch (error) {
    if (error instanceof SecretUnreadable) return { accessToken: null, refreshToken: null }
    throw error
  }
}
