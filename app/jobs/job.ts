/** Work that every process does from time to time, sharing it through the database. */
export interface Job {
  /** For the log and for `jobs:run`. */
  readonly name: string
  /** How long to rest between two passes, in milliseconds. */
  readonly everyMs: number
  /**
   * One pass. When `signal` asks to stop, it finishes what is under way and begins
   * nothing new.
   *
   * @returns what was done, by kind
   * @throws when the pass itself failed; work that could not be done yet, such as a
   *   mail that no server takes, is a number in the outcome
   */
  handle(signal?: AbortSignal): Promise<Record<string, number>>
}
