import type { DateTime } from 'luxon'
import { errors, symbols } from '@adonisjs/auth'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { AuthClientResponse, GuardContract } from '@adonisjs/auth/types'
import type { HttpContext } from '@adonisjs/core/http'
import { inTransaction, retryOnConflict } from '#database/transaction'
import { userAgentOf } from '#auth/device'
import { inSession } from '#auth/in_session'
import type Identity from '#models/identity'
import PendingIdentity from '#models/pending_identity'
import { AccessEnded, onTheWayTo } from '#exceptions/access_ended'
import User from '#models/user'
import type SignInAttempt from '#models/sign_in_attempt'
import UserSession from '#models/user_session'
import WaitingSignIn from '#models/waiting_sign_in'
import { secondFactorAgainPage } from '#auth/recent_sign_in'
import { SECOND_FACTOR_PAGE } from '#auth/second_factor'
import { AGREEMENTS_PAGE, owesAnswer } from '#duties/open'
import { countSignIn } from '#metrics/sign_ins'
import { noteSiteVersion } from '#site/present'
import { now } from '#time/clock'
import { hashToken, looksLikeToken, randomToken } from '#crypto/random_token'
import { browserHash, replaceBrowserSecret } from '#auth/browser'
import { rememberBrowser } from '#auth/known_browser'
import { clearCookie, readCookie, writeCookie } from '#auth/cookies'
import type { Next } from '#auth/next'

const HOME = '/'

/**
 * Signs people in by a row of `user_sessions`. The cookie holds a random token and is
 * written only when someone signs in or out, so no response already under way at that
 * moment can undo it (docs/decisions/0002-sign-in-cookie.md).
 */
export class UserSessionGuard implements GuardContract<User> {
  declare [symbols.GUARD_KNOWN_EVENTS]: {}

  readonly driverName = 'user_session'
  authenticationAttempted = false
  user?: User
  /** The row that keeps the person signed in. */
  session?: UserSession
  /** The row that kept the person signed in, if it ended for a reason they should be told. */
  ended?: UserSession

  readonly #ctx: HttpContext

  /** See `sentTokenHash`. */
  #hash?: string | null

  readonly #find: typeof UserSession.ofToken

  /** @param find reads the session of a token, with its user and anything else the caller wants */
  constructor(ctx: HttpContext, find = UserSession.ofToken) {
    this.#ctx = ctx
    this.#find = find
  }

  get isAuthenticated() {
    return this.user !== undefined
  }

  getUserOrFail(): User {
    if (this.user) return this.user
    throw new errors.E_UNAUTHORIZED_ACCESS('Not signed in', { guardDriverName: this.driverName })
  }

  /** @throws E_UNAUTHORIZED_ACCESS when nobody is signed in */
  async authenticate(): Promise<User> {
    await this.check()
    return this.getUserOrFail()
  }

  /** Finds out who is signed in, once per request. */
  async check(): Promise<boolean> {
    if (this.authenticationAttempted) return this.isAuthenticated
    this.authenticationAttempted = true

    const tokenHash = this.sentTokenHash
    if (tokenHash === null) return false

    const session = await this.#find(tokenHash)
    if (session) noteSiteVersion(this.#ctx, session.siteVersion ?? null)
    if (session?.revokedAt && session.endReason) this.ended = session
    if (!session || !session.isAlive || session.user.isSuspended) return false
    if (!session.isComplete) return false

    this.user = session.user
    this.session = session
    await this.#noteSeen(session)
    return true
  }

  /**
   * Signs a person in after a correct first factor, replacing anyone who was signed in
   * here before, who stays signed in if this fails. A person with a second factor stays
   * signed out until it is given: every way of signing in comes through here, so none
   * bypasses it (docs/decisions/0005-second-factor.md).
   *
   * @param user as read before the first factor was checked, or with it in one
   *   transaction
   * @param identity the one the person came through; `null` for a password
   * @param nothingPending spares deleting what waits in this browser, where a read has
   *   shown that nothing does
   * @param remember keep the cookie for 30 days, otherwise until the browser closes
   * @param attempt the line in the history that a second factor still has to finish
   * @param next a page of this site
   * @returns where the browser goes now: to `next`, or to the page that asks for the
   *   second factor, or for what the person has yet to agree to
   * @throws AccessEnded when the person's sessions have been ended since
   */
  async login(user: User, login: LoginOptions = {}): Promise<string> {
    const begun =
      (await this.#beginAtOnce(user, login)) ??
      (await this.#whileProved(user, login, (current, trx) =>
        current.hasSecondFactor
          ? this.#wait(current, login, trx)
          : this.#beginUnlessAsked(current, login, trx)
      ))
    await this.#endPresent(login)
    return this.#tellBrowser(begun, login)
  }

  /** The sign-in waiting in this browser for its second factor, if there is one. */
  async waiting(): Promise<WaitingSignIn | null> {
    const waiting = await this.#waiting()
    return waiting?.awaitsSecondFactor ? waiting : null
  }

  /** The sign-in waiting in this browser for an agreement, if there is one. */
  async waitingToAgree(): Promise<WaitingSignIn | null> {
    const waiting = await this.#waiting()
    return waiting?.awaitsSecondFactor ? null : waiting
  }

  async #waiting(): Promise<WaitingSignIn | null> {
    const tokenHash = this.sentTokenHash
    const waiting = tokenHash === null ? null : await WaitingSignIn.aliveOfToken(tokenHash)
    return waiting?.user.isSuspended ? null : waiting
  }

  /**
   * Signs in a person who waited here and has now given the second factor, under a
   * different token from the one they waited with.
   *
   * @param user as read in the transaction that took the second factor
   * @throws AccessEnded when the person's sessions have been ended since
   */
  async loginBySecondFactor(user: User, login: LoginOptions): Promise<string> {
    const begun = await this.#whileProved(user, login, (current, trx) =>
      this.#beginUnlessAsked(current, login, trx, now())
    )
    await this.#endPresent()
    return this.#tellBrowser(begun, login)
  }

  /**
   * Signs in a person who waited here and has now agreed to what they were asked.
   *
   * @param user as read in the transaction that noted it
   * @param secondFactorAt when they gave the second factor, if they have one
   * @throws AccessEnded when the person's sessions have been ended since
   */
  async loginByAgreement(
    user: User,
    login: LoginOptions,
    secondFactorAt: DateTime | null
  ): Promise<string> {
    const begun = await this.#whileProved(user, login, (current, trx) =>
      this.#beginUnlessAsked(current, login, trx, secondFactorAt)
    )
    await this.#endPresent()
    return this.#tellBrowser(begun, login)
  }

  /** Whether the person proved who they are within the last ten minutes. */
  get isRecent() {
    return this.session !== undefined && this.session.isRecent
  }

  /**
   * Checks `isRecent` for a change that depends on it; the check is repeated where the
   * change is made.
   */
  requireRecent(): boolean {
    if (this.session) this.session.mustBeRecent = true
    return this.isRecent
  }

  /**
   * Gives the session another token, as at every change of privilege; the old one stops
   * working. By default this is because the person has just proved again who they are.
   *
   * @param options.keepProof the last proof stays the one it was
   * @param options.proved the person as read before the proof was checked
   * @param options.next where they are going, if not back to the page of this request
   * @throws AccessEnded when the session has ended, or others have since the proof
   */
  async renew({ keepProof = false, proved, next = null }: RenewOptions = {}) {
    const { session: present } = this
    if (!present) return
    const token = randomToken()
    const renewed = await onTheWayTo(next, () =>
      inSession(present, async (user, _trx, session) => {
        if (proved && !user.isAsProvedBy(proved)) throw new AccessEnded('proof')
        const authenticatedAt = keepProof ? session.authenticatedAt : now()
        session.merge({ tokenHash: hashToken(token), authenticatedAt, firstFactorAt: null })
        return session.markSeen(user).save()
      })
    )
    this.session = renewed
    rememberBrowser(this.#ctx, renewed.user)
    this.#giveToken(token, renewed)
  }

  /**
   * Records that the person has given the first factor again. If they have a second
   * factor, only both together prove who they are.
   *
   * @param next a page of this site
   * @returns where the browser goes now
   * @throws AccessEnded when the session has ended, or others have since this request
   *   came
   */
  async reauthenticate(next: Next): Promise<string> {
    const proved = this.getUserOrFail()
    if (!proved.hasSecondFactor) {
      await this.renew({ proved, next })
      return next
    }
    this.session = await onTheWayTo(next, () =>
      inSession(this.session!, async (user, _trx, session) => {
        if (!user.isAsProvedBy(proved)) throw new AccessEnded('proof')
        return session.merge({ firstFactorAt: now() }).save()
      })
    )
    return secondFactorAgainPage(next)
  }

  /** Ends the session on the server and gives this browser a new identity. */
  async logout() {
    await this.#endPresent()
    this.#replaceFormSession()
    clearCookie(this.#ctx, 'session')
    replaceBrowserSecret(this.#ctx)
  }

  authenticateAsClient(): Promise<AuthClientResponse> {
    throw new Error('Tests sign in through the pages, as people do')
  }

  /** The hash of the token the browser sent, of a session or of a waiting sign-in. */
  get sentTokenHash(): string | null {
    if (this.#hash === undefined) {
      const token = readCookie(this.#ctx, 'session')
      this.#hash = looksLikeToken(token) ? hashToken(token) : null
    }
    return this.#hash
  }

  /** Leaves nobody signed in here and nothing waiting. */
  async #endPresent({ nothingPending = false }: LoginOptions = {}) {
    await this.check()
    await this.session?.revoke()
    this.user = undefined
    this.session = undefined

    const tokenHash = this.sentTokenHash
    if (tokenHash !== null) await WaitingSignIn.query().where({ tokenHash }).delete()
    if (!nothingPending) await this.#forgetPendingIdentity()
  }

  /** Replaces the form session, so that nothing planted in it survives. */
  #replaceFormSession() {
    this.#ctx.session.clear()
    this.#ctx.session.regenerate()
  }

  /**
   * Creates a sign-in under the same lock that ending all of someone's sessions takes, so
   * that a proof made before that point creates nothing.
   */
  async #whileProved(
    proved: User,
    { attempt, next }: LoginOptions,
    begin: (user: User, trx: TransactionClientContract) => Promise<Begun>
  ): Promise<Begun> {
    const begun = await inTransaction(async (trx) => {
      const user = await User.lockToSignIn(proved.id, trx)
      return user?.isAsProvedBy(proved) ? begin(user, trx) : null
    })
    if (begun !== null) return begun
    /* What it was about may be gone by now. */
    await attempt?.refresh()
    const failure = 'proof_gone'
    await attempt?.finish({ outcome: 'failed', failure })
    countSignIn({ provider: 'none', intent: 'sign_in', outcome: 'failed', failure })
    throw new AccessEnded('sign_in', next ?? null)
  }

  /** Nobody is in before they have agreed to what this site requires. */
  async #beginUnlessAsked(
    user: User,
    login: LoginOptions,
    client: TransactionClientContract,
    secondFactorAt: DateTime | null = null
  ): Promise<Begun> {
    if (!(await owesAnswer(user, client))) return this.#begin(user, login, client, secondFactorAt)
    const { attempt, identity } = login
    const outcome = 'agreement_due'
    attempt?.useTransaction(client)
    await attempt?.finish({ outcome, userId: user.id, identityId: identity?.id })
    return this.#wait(user, login, client, { secondFactorAt, page: AGREEMENTS_PAGE })
  }

  async #wait(
    user: User,
    { identity, attempt, remember = false, next = null }: LoginOptions,
    client: TransactionClientContract,
    { secondFactorAt, page }: { secondFactorAt: DateTime | null; page: string } = {
      secondFactorAt: null,
      page: SECOND_FACTOR_PAGE,
    }
  ): Promise<Begun> {
    const token = randomToken()
    await WaitingSignIn.create(
      {
        tokenHash: hashToken(token),
        userId: user.id,
        identityId: identity?.id ?? null,
        attemptId: attempt?.id ?? null,
        remember,
        next,
        tries: 0,
        secondFactorAt,
        expiresAt: now().plus(WaitingSignIn.LIFETIME),
      },
      { client }
    )
    return { kind: 'waiting', token, page }
  }

  /** What almost everybody needs, in one statement; `null` leaves it to the transaction. */
  async #beginAtOnce(user: User, login: LoginOptions): Promise<Begun | null> {
    if (user.hasSecondFactor || user.withdrawAt) return null
    const { token, session } = this.#sessionFor(user, login)
    if (!(await retryOnConflict(() => session.saveIfAsRead(user)))) return null
    return { kind: 'signed_in', token, session, user, hasStayed: false }
  }

  #sessionFor(user: User, { identity = null, remember = false }: LoginOptions) {
    const token = randomToken()
    const signedInAt = now()
    const lifetime = remember ? UserSession.REMEMBERED_LIFETIME : UserSession.LIFETIME
    const { request } = this.#ctx

    const session = new UserSession().merge({
      tokenHash: hashToken(token),
      userId: user.id,
      identityId: identity?.id ?? null,
      userAgent: userAgentOf(request),
      ip: request.ip(),
      authenticatedAt: signedInAt,
      createdAt: signedInAt,
      expiresAt: signedInAt.plus(lifetime),
    })
    return { token, session: session.markSeen(user) }
  }

  async #begin(
    user: User,
    login: LoginOptions,
    client: TransactionClientContract,
    secondFactorAt: DateTime | null = null
  ): Promise<Begun> {
    const { token, session } = this.#sessionFor(user, login)
    await session.useTransaction(client).merge({ secondFactorAt }).save()
    /* A person who signs in has not left, so any way of signing in cancels a withdrawal. */
    const hasStayed = Boolean(user.withdrawAt) && (await user.cancelWithdrawal())
    return { kind: 'signed_in', token, session, user, hasStayed }
  }

  /**
   * Tells the browser what the committed transaction has begun. A transaction may run
   * again or fail at its end, so none of this happens inside one.
   */
  #tellBrowser(begun: Begun, { next }: LoginOptions): string {
    this.#replaceFormSession()
    if (begun.kind === 'waiting') {
      writeCookie(this.#ctx, 'session', begun.token)
      return begun.page
    }
    const { user, session } = begun
    this.user = user
    this.session = session
    rememberBrowser(this.#ctx, user)
    this.#giveToken(begun.token, session)
    if (begun.hasStayed) {
      const notice = this.#ctx.i18n.t('account.withdrawal.cancelled_by_sign_in')
      this.#ctx.session.flash('notice', notice)
    }
    return next ?? HOME
  }

  /** What waited here for its owner must not wait for the next person. */
  async #forgetPendingIdentity() {
    const hash = browserHash(this.#ctx)
    if (hash !== null) await PendingIdentity.query().where('browserHash', hash).delete()
  }

  /** The cookie of a remembered session outlives the browser; any other ends with it. */
  #giveToken(token: string, { isRemembered, expiresAt }: UserSession) {
    const left = Math.round(expiresAt.diff(now(), 'seconds').seconds)
    writeCookie(this.#ctx, 'session', token, isRemembered ? left : undefined)
  }

  async #noteSeen(session: UserSession) {
    if (session.seenAt.plus(UserSession.SEEN_EVERY) > now()) return
    await session.markSeen(session.user).save()
  }
}

/** What a transaction has written for a browser that does not know its token yet. */
type Begun =
  | { kind: 'waiting'; token: string; page: string }
  /** `hasStayed`: a scheduled withdrawal was cancelled. */
  | { kind: 'signed_in'; token: string; user: User; session: UserSession; hasStayed: boolean }

interface RenewOptions {
  keepProof?: boolean
  proved?: User
  next?: Next | null
}

interface LoginOptions {
  identity?: Identity | null
  /** A read has shown that no identity waits in this browser. */
  nothingPending?: boolean
  remember?: boolean
  attempt?: SignInAttempt | null
  next?: Next | null
}
