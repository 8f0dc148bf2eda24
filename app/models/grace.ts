import { Duration } from 'luxon'
import SignInAttempt from '#models/sign_in_attempt'

/* The shortest lets every sign-in that began before it end; in milliseconds. */
const SHORTEST = Duration.fromObject(SignInAttempt.LIFETIME).toMillis()
const LONGEST = Duration.fromObject({ days: 30 }).toMillis()

/** The choices on the pages: how long a replaced credential still works; `0` ends it at once. */
export const GRACE_CHOICES = ['1h', '24h', '3d', '7d', '0'] as const
export const USUAL_GRACE = '24h'

/**
 * Reads a grace time such as `30m`, `24h` or `7d`, or `0` for none.
 *
 * @returns milliseconds; `null` when it is not such a time, is shorter than a sign-in may
 *   take (10 minutes) or longer than 30 days
 */
export function parseGrace(text: unknown): number | null {
  if (text === '0') return 0
  const [, count, unit] = (typeof text === 'string' && /^(\d{1,4})([mhd])$/.exec(text)) || []
  if (unit === undefined) return null
  const units = { m: 'minutes', h: 'hours', d: 'days' } as const
  const ms = Duration.fromObject({ [units[unit as keyof typeof units]]: Number(count) }).toMillis()
  return ms >= SHORTEST && ms <= LONGEST ? ms : null
}
