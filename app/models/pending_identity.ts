import { beforeCreate, belongsTo } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { affectedOne } from '#database/affected'
import { PendingIdentitySchema } from '#database/schema'
import Provider from '#models/provider'
import SignInAttempt from '#models/sign_in_attempt'
import User from '#models/user'
import { keyedHash, sameText } from '#crypto/random_token'
import { now, sqlTime } from '#time/clock'
import { newPublicId } from '#crypto/public_id'
import { seal, unseal } from '#crypto/sealed'
import type { RequirableField } from '#protocol/person'
import type { Profile } from '#trip/profile'
import type { TokenSet } from '#protocol/token_set'

/**
 * An identity waiting, in one browser and for ten minutes, for its owner to prove an
 * account or to complete missing fields.
 */
export default class PendingIdentity extends PendingIdentitySchema {
  static readonly LIFETIME = { minutes: 10 }
  static readonly MOST_TRIES = 5
  static readonly MOST_CODES = 3

  @belongsTo(() => Provider)
  declare provider: BelongsTo<typeof Provider>

  @belongsTo(() => User, { foreignKey: 'targetUserId' })
  declare targetUser: BelongsTo<typeof User>

  @beforeCreate()
  static givePublicId(pending: PendingIdentity) {
    pending.publicId ??= newPublicId()
  }

  /** The one waiting in this browser, if it has not expired. */
  static waitingIn(browserHash: string, purpose: PendingIdentity['purpose']) {
    return PendingIdentity.query()
      .where('browserHash', browserHash)
      .where('purpose', purpose)
      .where('expiresAt', '>', sqlTime(now()))
      .orderBy('id', 'desc')
      .first()
  }

  keepProfile(profile: Profile) {
    this.publicId ??= newPublicId()
    this.profile = seal(`pending_identities:${this.publicId}:profile`, JSON.stringify(profile))
  }

  sealTokens(tokens: TokenSet) {
    this.publicId ??= newPublicId()
    this.tokens = seal(`pending_identities:${this.publicId}:tokens`, JSON.stringify(tokens))
  }

  revealProfile(): Profile {
    return JSON.parse(unseal(`pending_identities:${this.publicId}:profile`, this.profile))
  }

  revealTokens(): TokenSet | null {
    if (this.tokens === null) return null
    return JSON.parse(unseal(`pending_identities:${this.publicId}:tokens`, this.tokens))
  }

  #hashOf(code: string, address: string, browser: string) {
    return keyedHash(browser, `code:${this.publicId}:${address}:${code}`)
  }

  /** Keeps only a hash of the code, valid for this address and this browser alone. */
  keepCode(code: string, address: string, browser: string) {
    this.codeHash = this.#hashOf(code, address, browser)
  }

  /** @param address the one to be proved; a code mailed to another proves nothing about it */
  isCode(code: string, address: string, browser: string): boolean {
    return this.codeHash !== null && sameText(this.codeHash, this.#hashOf(code, address, browser))
  }

  /**
   * Counts a try before the code is checked, so that no two requests share one.
   *
   * @returns how many are left after it, or `null` when there was none left
   */
  async takeTry(): Promise<number | null> {
    const taken = await affectedOne(
      PendingIdentity.query()
        .where('id', this.id)
        .where('tries', '<', PendingIdentity.MOST_TRIES)
        .increment('tries', 1)
    )
    if (!taken) return null
    return PendingIdentity.MOST_TRIES - this.tries - 1
  }

  /** The fields the page asks for: those still missing when the trip ended. */
  async missingFields(): Promise<RequirableField[]> {
    const attempt = this.attemptId === null ? null : await SignInAttempt.find(this.attemptId)
    return (attempt?.missingFields ?? []).map(({ field }) => field)
  }

  /**
   * Whether it came from somebody unknown, whoever the address belongs to that they have
   * typed since.
   */
  get isNewcomers() {
    return this.purpose === 'complete' && (this.targetUserId === null || this.agreed !== null)
  }

  /**
   * Adds what the person entered here to the profile, and what they agreed to. An address
   * still has to be proved.
   */
  async complete(
    given: Partial<Pick<Profile, RequirableField>>,
    agreed: PendingIdentity['agreed']
  ) {
    this.keepProfile({ ...this.revealProfile(), ...given })
    this.agreed = agreed
    await this.save()
  }
}
