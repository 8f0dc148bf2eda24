import { setTimeout as wait } from 'node:timers/promises'
import app from '@adonisjs/core/services/app'

/*
 * Far more than a few rows take to write. Tests compare answers, not times.
 */
const FLOOR_MS = app.inTest ? 0 : 150

/**
 * Does work whose amount depends on whether an address has an account here, and
 * takes the same time for it in every case, so that the time tells nothing.
 * Hashing is long and equal for all: it stays outside.
 */
export async function inEvenTime<T>(work: () => Promise<T>): Promise<T> {
  const [result] = await Promise.all([work(), wait(FLOOR_MS)])
  return result
}
