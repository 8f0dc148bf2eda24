import type { DateTime } from 'luxon'
import logger from '@adonisjs/core/services/logger'
import type { HttpContext } from '@adonisjs/core/http'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import OutgoingMail from '#models/outgoing_mail'
import RecoveryCode from '#models/recovery_code'
import SecondFactor from '#models/second_factor'
import { SecretUnreadable } from '#crypto/sealed'
import type User from '#models/user'
import WaitingSignIn from '#models/waiting_sign_in'
import { now } from '#time/clock'

/** The page that completes a waiting sign-in. */
export const SECOND_FACTOR_PAGE = '/user/login/second_factor'

/** The form session's key for the page that required a second factor to be set up. */
const WANTED_BY = 'second_factor_wanted_by'

/** @param path a page of this site, to return to once it is set up */
export function rememberPageWantingSecondFactor({ session }: HttpContext, path: string) {
  session.put(WANTED_BY, path)
}

/** The page that required it; can be read once. */
export function pageWantingSecondFactor({ session }: HttpContext): string | null {
  return session.pull(WANTED_BY, null)
}

/** What a person can type as the second factor: six digits from the app, or a written-down code. */
export type TypedFactor = { code: string } | { recoveryCode: string }

export type SecondFactorCheck =
  | { kind: 'right' }
  | { kind: 'wrong' }
  /** Correct, but already used: each code counts once. */
  | { kind: 'used' }
  /** After many wrong codes, none is checked until then; a recovery code still is. */
  | { kind: 'paused'; until: DateTime }
  /** No key opens the secret; a recovery code does not need one. */
  | { kind: 'unreadable' }

/**
 * Checks a second factor and uses it up. Tries are counted per person, whatever they were
 * for, so that no form gets guesses of its own.
 *
 * @param user locked by `User.lock` in this transaction, so that if two requests send the
 *   same code at once, one of them is right
 */
export async function checkSecondFactor(
  user: User,
  typed: TypedFactor,
  client: TransactionClientContract
): Promise<SecondFactorCheck> {
  if ('recoveryCode' in typed) return checkRecoveryCode(user, typed.recoveryCode, client)

  const factor = await SecondFactor.query({ client })
    .where('userId', user.id)
    .whereNotNull('confirmedAt')
    .firstOrFail()
  const until = factor.pausedUntil
  if (until) return { kind: 'paused', until }

  const step = readStep(factor, typed.code)
  if (step === 'unreadable') return { kind: 'unreadable' }
  if (step !== null && step <= (factor.lastCounter ?? 0)) return { kind: 'used' }
  if (step === null) {
    await factor.merge({ failures: factor.failures + 1, failedAt: now() }).save()
    if (factor.failures === SecondFactor.FREE_FAILURES) {
      await OutgoingMail.tellOfSecondFactor(user, 'second_factor_guessed', client)
    }
    return { kind: 'wrong' }
  }
  await factor.merge({ lastCounter: step, failures: 0, failedAt: null }).save()
  return { kind: 'right' }
}

/** 80 random bits cannot be guessed, so no pause keeps the owner from using one. */
async function checkRecoveryCode(
  user: User,
  code: string,
  client: TransactionClientContract
): Promise<SecondFactorCheck> {
  if (!(await RecoveryCode.use(user, code, client))) return { kind: 'wrong' }
  const left = await RecoveryCode.countOf(user, client)
  await OutgoingMail.tellOfRecoveryCode(user, left, client)
  return { kind: 'right' }
}

function readStep(factor: SecondFactor, code: string): number | null | 'unreadable' {
  try {
    return factor.stepOf(code)
  } catch (error) {
    if (!(error instanceof SecretUnreadable)) throw error
    logger.error({ err: error }, 'a second factor cannot be checked')
    return 'unreadable'
  }
}

/**
 * Switches a second factor off: the app's secret and the recovery codes are deleted, and
 * with them every sign-in waiting for one. The person is told.
 *
 * @param user locked by `User.lock` in this transaction
 */
export async function dropSecondFactor(
  user: User,
  client: TransactionClientContract
): Promise<void> {
  await SecondFactor.query({ client }).where('userId', user.id).delete()
  await RecoveryCode.query({ client }).where('userId', user.id).delete()
  await WaitingSignIn.query({ client }).where('userId', user.id).delete()
  await user.merge({ secondFactorAt: null }).save()
  await OutgoingMail.tellOfSecondFactor(user, 'second_factor_off', client)
}
