import type { DateTime } from 'luxon'
import { errors, symbols } from '@adonisjs/auth'
import type { AuthClientResponse, GuardContract } from '@adonisjs/auth/types'
import type { HttpContext } from '@adonisjs/core/http'
import { userAgentOf } from '#auth/device'
import { isHttps } from '#config/app'
import type Identity from '#models/identity'
import PendingIdentity from '#models/pending_identity'
import type User from '#models/user'
import type SignInAttempt from '#models/sign_in_attempt'
import UserSession from '#models/user_session'
import WaitingSignIn from '#models/waiting_sign_in'
import { secondFactorAgainPage } from '#auth/recent_sign_in'
import { SECOND_FACTOR_PAGE } from '#auth/second_factor'
import { now } from '#models/clock'
import { hashToken, looksLikeToken, randomToken } from '#auth/random_token'
import { browserHash, replaceBrowserSecret } from '#auth/browser'
import { rememberBrowser } from '#auth/known_browser'

const COOKIE = isHttps ? '__Host-daemun-session' : 'daemun-session'
const OPTIONS = {
  encode: false,
  path: '/',
  httpOnly: true,
  secure: isHttps,
  sameSite: 'lax',
} as const
const HOME = '/'

/**
 * Signs people in by a row of `user_sessions`. The cookie holds a random token
 * and is written only when somebody signs in or out, so no answer that was
 * under way at that moment can undo it (docs/decisions/0002-sign-in-cookie.md).
 */
export class UserSessionGuard implements GuardContract<User> {
  declare [symbols.GUARD_KNOWN_EVENTS]: {}

  readonly driverName = 'user_session'
  authenticationAttempted = false
  user?: User
  /** The row through which the person is signed in. */
  session?: UserSession
  /** The row through which the person was signed in, if it has ended for a reason to be told. */
  ended?: UserSession

  readonly #ctx: HttpContext

  constructor(ctx: HttpContext) {
    this.#ctx = ctx
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

  /** Finds out, once per request, who is signed in. */
  async check(): Promise<boolean> {
    if (this.authenticationAttempted) return this.isAuthenticated
    this.authenticationAttempted = true

    const token = this.#sentToken
    if (token === null) return false

    const session = await UserSession.query()
      .where('tokenHash', hashToken(token))
      .preload('user')
      .first()
    if (session?.revokedAt && session.endReason) this.ended = session
    if (!session || !session.isAlive || session.user.isSuspended) return false
    if (!session.isComplete) return false

    this.user = session.user
    this.session = session
    await this.#noteSeen(session)
    return true
  }

  /**
   * Signs a person in whose first factor was right, replacing whoever was signed
   * in here before. Who has a second factor is nobody here until it is given: every
   * way of signing in comes through this, so none goes around it
   * (docs/decisions/0005-second-factor.md).
   *
   * @param identity through which the person came; `null` for a password
   * @param remember keep the cookie for 30 days, else until the browser closes
   * @param attempt the line in the history that a second factor still has to finish
   * @param next a page of this site
   * @returns where the browser goes now: to `next`, or to the page that asks for the
   *   second factor
   */
  async login(user: User, login: LoginOptions = {}): Promise<string> {
    await this.#startAnew()
    if (!user.hasSecondFactor) {
      await this.#begin(user, login)
      return login.next ?? HOME
    }

    const token = randomToken()
    await WaitingSignIn.create({
      tokenHash: hashToken(token),
      userId: user.id,
      identityId: login.identity?.id ?? null,
      attemptId: login.attempt?.id ?? null,
      remember: login.remember ?? false,
      next: login.next ?? null,
      tries: 0,
      expiresAt: now().plus(WaitingSignIn.LIFETIME),
    })
    this.#ctx.response.plainCookie(COOKIE, token, { ...OPTIONS, maxAge: undefined })
    return SECOND_FACTOR_PAGE
  }

  /** The sign-in that waits in this browser for its second factor, if one does. */
  async waiting(): Promise<WaitingSignIn | null> {
    const token = this.#sentToken
    const waiting = token === null ? null : await WaitingSignIn.findAlive(token)
    return waiting?.user.isSuspended ? null : waiting
  }

  /**
   * Signs a person in who has waited here and has given the second factor, under
   * another token than the one they waited with.
   */
  async loginBySecondFactor(user: User, login: LoginOptions): Promise<string> {
    await this.#startAnew()
    await this.#begin(user, login, now())
    return login.next ?? HOME
  }

  /** Whether the person proved who they are within the last ten minutes. */
  get isRecent() {
    return this.session !== undefined && this.session.isRecent
  }

  /**
   * Gives the session another token, as at every change of privilege; the old
   * one stops working. By default because the person has just proved again who
   * they are.
   *
   * @param options.keepProof the last proof stays the one there was
   */
  async renew({ keepProof = false } = {}) {
    if (!this.session) return
    const token = randomToken()
    const authenticatedAt = keepProof ? this.session.authenticatedAt : now()
    await this.session
      .merge({ tokenHash: hashToken(token), authenticatedAt, firstFactorAt: null })
      .markSeen(this.getUserOrFail())
      .save()
    this.#giveToken(token, this.session)
  }

  /**
   * Takes note that the person has given the first factor again. Only with the
   * second one, if they have it, is that a proof of who they are.
   *
   * @param next a page of this site
   * @returns where the browser goes now
   */
  async reauthenticate(next: string): Promise<string> {
    if (!this.user?.hasSecondFactor) {
      await this.renew()
      return next
    }
    await this.session?.merge({ firstFactorAt: now() }).save()
    return secondFactorAgainPage(next)
  }

  /** Ends the session on the server and gives this browser a new identity. */
  async logout() {
    await this.#startAnew()
    this.#ctx.response.clearCookie(COOKIE, OPTIONS)
    replaceBrowserSecret(this.#ctx)
  }

  authenticateAsClient(): Promise<AuthClientResponse> {
    throw new Error('Tests sign in through the pages, as people do')
  }

  /** The token that the browser has sent, of a session or of a waiting sign-in. */
  get #sentToken(): string | null {
    const token = this.#ctx.request.plainCookie(COOKIE, undefined, false)
    return looksLikeToken(token) ? token : null
  }

  /**
   * Leaves nobody signed in here and nothing waiting. The form session starts anew,
   * so that nothing planted in it survives.
   */
  async #startAnew() {
    await this.check()
    await this.session?.revoke()
    this.user = undefined
    this.session = undefined
    this.authenticationAttempted = true

    const token = this.#sentToken
    if (token !== null) await WaitingSignIn.query().where('tokenHash', hashToken(token)).delete()
    await this.#forgetPendingIdentity()
    this.#ctx.session.clear()
    this.#ctx.session.regenerate()
  }

  async #begin(
    user: User,
    { identity = null, remember = false }: LoginOptions,
    secondFactorAt: DateTime | null = null
  ) {
    const token = randomToken()
    const signedInAt = now()
    const lifetime = remember ? UserSession.REMEMBERED_LIFETIME : UserSession.LIFETIME
    const { request } = this.#ctx

    this.session = new UserSession().merge({
      tokenHash: hashToken(token),
      userId: user.id,
      identityId: identity?.id ?? null,
      userAgent: userAgentOf(request),
      ip: request.ip(),
      authenticatedAt: signedInAt,
      secondFactorAt,
      createdAt: signedInAt,
      expiresAt: signedInAt.plus(lifetime),
    })
    await this.session.markSeen(user).save()
    this.user = user
    await this.#cancelWithdrawal(user)
    if (user.email) rememberBrowser(this.#ctx, user.email)
    this.#giveToken(token, this.session)
  }

  /** What waited here for its owner must not wait for the next person. */
  async #forgetPendingIdentity() {
    const hash = browserHash(this.#ctx)
    if (hash !== null) await PendingIdentity.query().where('browserHash', hash).delete()
  }

  /** Whoever signs in has not left: any way of signing in calls a withdrawal off. */
  async #cancelWithdrawal(user: User) {
    if (!user.withdrawAt || !(await user.cancelWithdrawal())) return
    const { session, i18n } = this.#ctx
    session.flash('notice', i18n.t('account.withdrawal.cancelled_by_sign_in'))
  }

  /** A remembered session's cookie outlives the browser; any other ends with it. */
  #giveToken(token: string, { isRemembered, expiresAt }: UserSession) {
    this.#ctx.response.plainCookie(COOKIE, token, {
      ...OPTIONS,
      maxAge: isRemembered ? Math.round(expiresAt.diff(now(), 'seconds').seconds) : undefined,
    })
  }

  async #noteSeen(session: UserSession) {
    if (session.seenAt.plus(UserSession.SEEN_EVERY) > now()) return
    await session.markSeen(session.user).save()
  }
}

interface LoginOptions {
  identity?: Identity | null
  remember?: boolean
  attempt?: SignInAttempt | null
  next?: string | null
}
