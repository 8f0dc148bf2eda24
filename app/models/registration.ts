import { beforeCreate } from '@adonisjs/lucid/orm'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { RegistrationSchema } from '#database/schema'
import { hashToken, looksLikeToken, randomToken, sameText } from '#crypto/random_token'
import { appUrl } from '#config/app'
import { now } from '#time/clock'
import { newPublicId } from '#crypto/public_id'

/** A local sign-up waiting for its address to be proved. No user exists yet. */
export default class Registration extends RegistrationSchema {
  static readonly LIFETIME = { hours: 24 }
  static readonly HOME = { minutes: 30 }
  /** Tries at the password, when the link is opened in another browser. */
  static readonly MOST_TRIES = 5

  @beforeCreate()
  static givePublicId(registration: Registration) {
    registration.publicId ??= newPublicId()
  }

  /**
   * The registration that a link in a mail leads to, unless it was used, renewed or has
   * expired.
   */
  static async findByLink(publicId: string, token: unknown): Promise<Registration | null> {
    if (!looksLikeToken(token)) return null
    const registration = await Registration.findBy('publicId', publicId)
    if (!registration || registration.expiresAt <= now()) return null
    return sameText(registration.tokenHash, hashToken(token)) ? registration : null
  }

  /** Nobody may finish signing up with an address that someone has already proved. */
  static async makeVoid(email: string, client?: TransactionClientContract) {
    await Registration.query({ client }).where('email', email).delete()
  }

  /**
   * Gives it a new link and 24 more hours; the previous link is void. The caller saves
   * it.
   *
   * @returns the address of the link, which exists only in the mail
   */
  renew(): string {
    const token = randomToken()
    this.publicId ??= newPublicId()
    this.tokenHash = hashToken(token)
    this.expiresAt = now().plus(Registration.LIFETIME)
    return `${appUrl}/user/${this.publicId}/verify/${token}`
  }

  /**
   * The same sign-up under its own link, for a person who asks for it elsewhere: the link
   * in the owner's mail still works, and while it does, asking does not extend the
   * sign-up's life.
   *
   * @returns the copy, to be saved, and the address of its link
   */
  withAnotherLink(): { copy: Registration; url: string } {
    const copy = new Registration()
    const { email, name, password, locale, next, agreed, tries, expiresAt } = this
    copy.fill({ email, name, password, locale, next, agreed, tries })
    const url = copy.renew()
    if (expiresAt > now()) copy.expiresAt = expiresAt
    return { copy, url }
  }

  /**
   * Whether its own browser may still confirm it with a single press: for half an hour.
   * After that someone else may be sitting there, looking at a sign-up that a stranger
   * left behind.
   */
  isAtHome(browserHash: string | null) {
    return this.isFrom(browserHash) && this.createdAt.plus(Registration.HOME) > now()
  }

  /** Whether it was typed in the browser with this hash. */
  isFrom(browserHash: string | null) {
    return browserHash !== null && !!this.browserHash && sameText(this.browserHash, browserHash)
  }
}
