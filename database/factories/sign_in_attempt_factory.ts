import factory from '@adonisjs/lucid/factories'
import SignInAttempt from '#models/sign_in_attempt'
import type { FailureName } from '#trip/failure'
import { USER_AGENTS } from '#database/factories/sample'
import { now } from '#time/clock'

/** A successful sign-in a moment ago: by password, unless a provider is given. */
export const SignInAttemptFactory = factory
  .define(SignInAttempt, ({ faker }) => ({
    intent: 'sign_in' as const,
    locale: 'ko',
    ip: `203.0.113.${faker.number.int({ min: 1, max: 254 })}`,
    userAgent: faker.helpers.arrayElement(USER_AGENTS),
    startedAt: now(),
    outcome: 'signed_in',
    steps: [],
  }))
  .after('make', (_, attempt) => {
    const { startedAt, outcome } = attempt
    attempt.expiresAt ??= startedAt.plus(SignInAttempt.LIFETIME)
    if (outcome === null) return
    attempt.claimedAt ??= startedAt.plus({ seconds: 8 })
    attempt.finishedAt ??= attempt.claimedAt.plus({ seconds: 1 })
  })
  .build()

/** The fields of an attempt at a provider that failed in one of its calls. */
export function failedIn(name: 'token' | 'profile', failure: FailureName, code?: string) {
  const step = { name, ms: 5_000, result: failure, ...(code && { code }) }
  return { outcome: 'failed', failure, steps: [step] }
}
