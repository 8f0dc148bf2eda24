/*
 * `npm test` runs the functional suite on two databases side by side. What comes out the
 * same on either, because no SQL is concerned or the test brings a database of its own,
 * runs in one of them.
 */

/** Why a test is skipped in this run. */
export const ELSEWHERE = 'the run on the other database has it'

/**
 * Whether the run of the same check on this database has the test, and this is not that
 * run. `bin/check.js` says in TEST_DATABASES which runs there are; a run started by hand
 * has every test.
 */
export function isRunElsewhere(database: 'sqlite' | 'mysql'): boolean {
  const databases = (process.env.TEST_DATABASES ?? '').split(',')
  return databases.includes(database) && (process.env.DB_CONNECTION ?? 'sqlite') !== database
}
