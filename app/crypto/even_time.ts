import { setTimeout as wait } from 'node:timers/promises'
import app from '@adonisjs/core/services/app'

/* Far more than writing a few rows takes. Tests compare answers, not times. */
const FLOOR_MS = app.inTest ? 0 : 150

/**
 * Runs work whose amount depends on whether an address has an account here, and makes it
 * take the same time either way, so that timing reveals nothing. Hashing is slow and
 * equal for all, so it stays outside.
 */
export async function inEvenTime<T>(work: () => Promise<T>): Promise<T> {
  const [result] = await Promise.all([work(), wait(FLOOR_MS)])
  return result
}
