import { isRunElsewhere } from '#tests/support/once'

/*
 * How much the scalable tests do: little enough for every run, or everything with `npm
 * run test:long`.
 */
const long = process.env.TEST_LONG === 'true'

export const sizes = {
  /** Process kills during sign-ins, for each database. */
  crashes: long ? 200 : 10,
  /** Random orders of rotations and sign-ins, for each provider and console. */
  interleavings: long ? 60 : 3,
  /**
   * How many sign-ins are under way while keys are rotated. As many as fit: a machine
   * that is too busy answers 503, which is a different test.
   */
  crowd: long ? 50 : 20,
  /** Whether people are also sent by another site wherever it might matter. */
  bothWays: !isRunElsewhere('mysql'),
  /** How many people sign in to another site at once while its secret and our keys are rotated. */
  siteCrowd: long ? 20 : 6,
  /** Whether every provider is tried with every kind of console while many people sign in. */
  everyRotation: long,
  /** Requests of the fuzz test. */
  fuzz: long ? 10_000 : 1_000,
}
