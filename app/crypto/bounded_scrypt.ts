import { availableParallelism } from 'node:os'
import { Scrypt } from '@adonisjs/core/hash/drivers/scrypt'
import { BoundedQueue } from '#crypto/bounded_queue'
import { TooBusy } from '#exceptions/come_back_later'

/*
 * Each computation keeps a core and 128 MiB busy for about a third of a second, on one of
 * libuv's four threads, which also look up names and read files. One core is left to
 * answer everyone else, if there is more than one.
 */
const AT_ONCE = Math.min(3, Math.max(1, availableParallelism() - 1))

/* The last in line waits about seven seconds, and on a slow machine no longer than this. */
const WAITING = 20 * AT_ONCE
const PATIENCE = 15_000

/* In seconds: the queue has moved by then. */
const RETRY_AFTER = 10

const queue = new BoundedQueue({ atOnce: AT_ONCE, waiting: WAITING, patience: PATIENCE })

/**
 * Waits for its turn behind other work of this weight.
 *
 * @throws TooBusy when too many are waiting
 */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  return queue.run(work, () => new TooBusy(RETRY_AFTER))
}

/**
 * Hashes and compares passwords, a few at a time in this process, so that many sign-ins
 * at once do not keep other visitors from their pages.
 */
export class BoundedScrypt extends Scrypt {
  /** @throws TooBusy when too many are waiting */
  make(value: string) {
    return inTurn(() => super.make(value))
  }

  /** @throws TooBusy when too many are waiting */
  verify(hashedValue: string, plainValue: string) {
    return inTurn(() => super.verify(hashedValue, plainValue))
  }
}
