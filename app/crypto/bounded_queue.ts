interface Capacity {
  /** How many run at the same time. */
  atOnce: number
  /** How many more may wait for their turn. */
  waiting: number
  /** How long each of them waits at most, in milliseconds. */
  patience: number
}

/** A queue for work heavy enough to need a bound: some at once, some waiting, no more. */
export class BoundedQueue {
  readonly #capacity: Capacity
  readonly #waiting: (() => void)[] = []
  #underWay = 0

  constructor(capacity: Capacity) {
    this.#capacity = capacity
  }

  /**
   * Does the work when its turn comes, in order of arrival.
   *
   * @param refusal makes the error to throw when too much is already waiting, or when the
   *   turn has not come in time
   */
  async run<T>(work: () => Promise<T>, refusal: () => Error): Promise<T> {
    if (this.#underWay < this.#capacity.atOnce) this.#underWay++
    else await this.#turn(refusal)
    try {
      return await work()
    } finally {
      /* The slot goes directly to the next in line, so that nobody jumps the queue. */
      const next = this.#waiting.shift()
      if (next) next()
      else this.#underWay--
    }
  }

  async #turn(refusal: () => Error): Promise<void> {
    if (this.#waiting.length >= this.#capacity.waiting) throw refusal()
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1)
        reject(refusal())
      }, this.#capacity.patience)
      this.#waiting.push(begin)
    })
  }
}
