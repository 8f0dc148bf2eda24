import { beforeCreate, belongsTo, column } from '@adonisjs/lucid/orm'
import type { BelongsTo } from '@adonisjs/lucid/types/relations'
import { affectedOne } from '#database/affected'
import { SignInAttemptSchema } from '#database/schema'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import Site from '#models/site/site'
import User from '#models/user'
import { now, sqlTime } from '#time/clock'
import { Join } from '#database/join'
import { newPublicId } from '#crypto/public_id'
import { FAILURES, isFailureName } from '#trip/failure'
import type { SetUpWarning } from '#protocol/person'
import type { Step } from '#trip/step'

export type Intent = SignInAttempt['intent']

export interface AttemptResult {
  outcome:
    | 'signed_in'
    | 'second_factor_due'
    | 'agreement_due'
    | 'linked'
    | 'proved'
    | 'reconsented'
    | 'reauthenticated'
    | 'must_prove'
    | 'must_complete'
    | 'tried'
    | 'failed'
  failure?: string
  userId?: number
  identityId?: number
}

/** What a departure leaves in the attempt, so that it can recognise its callback. */
export type DepartureMarks = Pick<
  SignInAttempt,
  'stateHash' | 'browserMark' | 'locale' | 'startedAt' | 'expiresAt' | 'ip' | 'userAgent'
>

/** The provider that a callback is for, and what is kept of the trip, if it is one. */
export interface Trip {
  provider: Provider
  attempt: SignInAttempt | null
  /** The credential the attempt began with, whatever its status now; `null` when it is gone. */
  credential: ProviderCredential | null
  /** The version of this site, which came along (`presentSite`). */
  siteVersion: string | null
}

/** Where a trial is: about to leave, away, back and asking, finished, or never came back. */
export type TrialStage = 'ready' | 'away' | 'asking' | 'finished' | 'overdue'

/**
 * One trip of one browser to a provider and back: its state record, its line in the
 * sign-in history and its share of the health figures, in one row.
 */
export default class SignInAttempt extends SignInAttemptSchema {
  static readonly LIFETIME = { minutes: 10 }
  /** Outcomes that gave the person what the attempt was for. */
  static readonly SUCCESSES: readonly string[] = [
    'signed_in',
    'linked',
    'proved',
    'reconsented',
    'reauthenticated',
  ]

  static readonly #trips = new Join(
    () => ({ provider: Provider, attempt: SignInAttempt, credential: ProviderCredential }),
    `providers provider
      left join sign_in_attempts attempt
        on attempt.provider_id = provider.id and attempt.state_hash = ?
      left join provider_credentials credential on credential.id = attempt.credential_id
      ${Site.JOIN}
      where provider.\`key\` = ? and provider.sandbox <= ?`,
    { siteVersion: 'site.version' }
  )

  /** By which the attempt recognises its browser (`trip/browser_binding.ts`). */
  @column({ columnName: 'browser_hash' })
  declare browserMark: string | null

  @belongsTo(() => Provider)
  declare provider: BelongsTo<typeof Provider>

  @belongsTo(() => ProviderCredential, { foreignKey: 'credentialId' })
  declare credential: BelongsTo<typeof ProviderCredential>

  @belongsTo(() => User)
  declare user: BelongsTo<typeof User>

  /** The person who was signed in when it began. */
  @belongsTo(() => User, { foreignKey: 'actorUserId' })
  declare actor: BelongsTo<typeof User>

  @beforeCreate()
  static givePublicId(attempt: SignInAttempt) {
    attempt.publicId ??= newPublicId()
  }

  /**
   * What a callback finds: the provider in its address, and that provider's attempt with
   * its state.
   *
   * @param stateHash `null` for a callback without one
   * @returns `null` when there is no such provider
   */
  static async tripTo(key: string, stateHash: string | null): Promise<Trip | null> {
    const found = await SignInAttempt.#trips.first([stateHash, key, Provider.mostSandbox])
    if (!found?.provider) return null
    const { provider, attempt, credential } = found
    return { provider, attempt, credential, siteVersion: found.siteVersion as string | null }
  }

  get isExpired() {
    return this.expiresAt <= now()
  }

  get isTrial() {
    return this.intent === 'trial'
  }

  /** Opens the report of a trial, from which an administrator then leaves. */
  static prepareTrial(credential: ProviderCredential, administrator: User) {
    const startedAt = now()
    return SignInAttempt.create({
      providerId: credential.providerId,
      credentialId: credential.id,
      intent: 'trial',
      actorUserId: administrator.id,
      startedAt,
      expiresAt: startedAt.plus(SignInAttempt.LIFETIME),
      steps: [],
    })
  }

  /** The last trials of a provider that got anywhere, newest first. */
  static lastTrials(providerId: number) {
    return SignInAttempt.query()
      .where({ providerId, intent: 'trial' })
      .where((gone) => gone.whereNotNull('stateHash').orWhereNotNull('finishedAt'))
      .preload('credential')
      .preload('actor')
      .orderBy('id', 'desc')
      .limit(5)
  }

  /** Whether someone is at a provider for a trial, or has just come back. */
  static async isTrialUnderWay(providerId: number): Promise<boolean> {
    const trial = await SignInAttempt.query()
      .select('id')
      .where({ providerId, intent: 'trial' })
      .where('startedAt', '>', sqlTime(now().minus(SignInAttempt.LIFETIME)))
      .where('expiresAt', '>', sqlTime(now()))
      .whereNotNull('stateHash')
      .whereNull('finishedAt')
      .first()
    return trial !== null
  }

  get trialStage(): TrialStage {
    if (this.finishedAt) return 'finished'
    if (!this.stateHash) return 'ready'
    if (this.isExpired) return 'overdue'
    return this.claimedAt ? 'asking' : 'away'
  }

  /**
   * Sends a trial on its way, repeatedly if need be: of several tabs, the one that left
   * last may come back.
   *
   * @returns `false` when one has already come back
   */
  async leave(marks: DepartureMarks): Promise<boolean> {
    return affectedOne(
      SignInAttempt.query()
        .where('id', this.id)
        .whereNull('claimedAt')
        .whereNull('finishedAt')
        .update({
          ...marks,
          startedAt: sqlTime(marks.startedAt),
          expiresAt: sqlTime(marks.expiresAt),
        })
    )
  }

  addStep(step: Step) {
    this.steps = [...this.steps, step]
  }

  /** Records that the set-up is faulty although the last step went well. */
  warnOfLastStep(warning: SetUpWarning) {
    this.steps = this.steps.with(-1, { ...this.steps.at(-1)!, warning })
  }

  /** What its steps have shown to be wrong with the set-up, if anything. */
  get warning(): SetUpWarning | null {
    return this.steps.find((step) => step.warning)?.warning ?? null
  }

  /** Writes the steps so far; another request will add the next ones. */
  async keepSteps() {
    await SignInAttempt.query()
      .where('id', this.id)
      .update({ steps: JSON.stringify(this.steps) })
  }

  /**
   * A person's last attempts, newest first: sign-ins to the account by anyone, and what
   * the person tried while signed in.
   */
  static lastOf(userId: number) {
    return SignInAttempt.query()
      .where((own) =>
        own
          .where('userId', userId)
          .orWhere((mine) =>
            mine
              .where('actorUserId', userId)
              .whereIn('intent', ['link', 'reconsent', 'reauthenticate'])
          )
      )
      .preload('provider')
      .orderBy('id', 'desc')
      .limit(30)
  }

  /** Whether the person got what the attempt was for. */
  get isSuccess() {
    return !!this.outcome && SignInAttempt.SUCCESSES.includes(this.outcome)
  }

  /** How it ended, for the person: the key of a short phrase. */
  get result(): string {
    if (this.outcome === null || this.outcome === undefined) return 'unfinished'
    if (this.outcome !== 'failed') return this.outcome
    const { failure } = this
    if (failure === 'credentials') return 'wrong_password'
    if (failure === 'cancelled' || failure === 'suspended') return failure
    if (!isFailureName(failure)) return 'failed'
    return FAILURES[failure] === 'visitor' ? 'failed' : `fault_of_${FAILURES[failure]}`
  }

  /**
   * Writes how it ended, with the steps that led there. It runs a statement rather than
   * `save()`: a transaction that is run again must write again, and the model would
   * believe it already had.
   */
  async finish(result: AttemptResult) {
    const finishedAt = now()
    Object.assign(this, { failure: null, ...result, finishedAt })
    await SignInAttempt.query({ client: this.$trx })
      .where('id', this.id)
      .update({
        outcome: this.outcome,
        failure: this.failure,
        userId: this.userId ?? null,
        identityId: this.identityId ?? null,
        steps: JSON.stringify(this.steps),
        missingFields: this.missingFields ? JSON.stringify(this.missingFields) : null,
        finishedAt: sqlTime(finishedAt),
      })
  }

  /**
   * Reserves this attempt for the caller.
   *
   * @returns whether it was still free; of two simultaneous callbacks one gets `false`
   */
  async claim(): Promise<boolean> {
    const claimedAt = now()
    const isOurs = await affectedOne(
      SignInAttempt.query()
        .where('id', this.id)
        .whereNull('claimedAt')
        .update({ claimedAt: sqlTime(claimedAt) })
    )
    if (isOurs) this.claimedAt = claimedAt
    return isOurs
  }
}
