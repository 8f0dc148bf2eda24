import db from '@adonisjs/lucid/services/db'
import type { DateTime } from 'luxon'
import type Provider from '#models/provider'
import SignInAttempt, { type Intent } from '#models/sign_in_attempt'
import { sqlTime } from '#time/clock'
import { newPublicId } from '#crypto/public_id'

export interface PastTrip {
  at: DateTime
  outcome?: string | null
  failure?: string | null
  /** Derived from the outcome by default. */
  cameBack?: boolean
  intent?: Intent
  credentialId?: number | null
  /** How many trips like this. */
  times?: number
}

/* Rows per statement: SQLite accepts a limited number of values. */
const BATCH = 500

/** Writes trips that began in the past and ended as given, without anybody making them. */
export async function pastTrips(provider: Provider, ...trips: PastTrip[]) {
  const rows = trips.flatMap((trip) =>
    Array.from({ length: trip.times ?? 1 }, () => rowOf(provider, trip))
  )
  for (let at = 0; at < rows.length; at += BATCH) {
    await db.table('sign_in_attempts').multiInsert(rows.slice(at, at + BATCH))
  }
}

function rowOf(provider: Provider, { at, outcome = null, failure = null, ...trip }: PastTrip) {
  const cameBack = trip.cameBack ?? outcome !== null
  return {
    public_id: newPublicId(),
    provider_id: provider.id,
    credential_id:
      trip.credentialId === undefined ? provider.activeCredentialId : trip.credentialId,
    intent: trip.intent ?? 'sign_in',
    started_at: sqlTime(at),
    expires_at: sqlTime(at.plus(SignInAttempt.LIFETIME)),
    claimed_at: cameBack ? sqlTime(at.plus({ seconds: 20 })) : null,
    finished_at: outcome === null ? null : sqlTime(at.plus({ seconds: 21 })),
    outcome,
    failure,
    steps: '[]',
    ip: '203.0.113.7',
    user_agent: 'Mozilla/5.0',
  }
}
