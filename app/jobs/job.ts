/** Work that every process does now and then, sharing it through the database. */
export interface Job {
  /** For the log and for `jobs:run`. */
  readonly name: string
  /** How long to rest between two passes, in milliseconds. */
  readonly everyMs: number
  /**
   * One pass. Whatever is under way is finished when `signal` asks to stop, but
   * nothing new is begun.
   *
   * @returns what was done, by kind
   * @throws when the pass itself failed; work that could not be done yet, such as a
   *   mail nobody takes, is a number in the outcome
   */
  handle(signal?: AbortSignal): Promise<Record<string, number>>
}
