import { setTimeout as wait } from 'node:timers/promises'
import type { ProviderServer } from '#tests/support/servers/provider_server'
import { Visitor } from '#tests/support/visitor'

/** Test persons who have everything a sign-in can ask for. */
const PEOPLE = ['minjun', 'seoyeon', 'yerin', 'sungho']

/* The longest that somebody looks at the consent page, in milliseconds. */
const LONGEST_LOOK = 1_500

/**
 * Many people who sign in repeatedly through one provider, with each trip spread over
 * several processes of the site: one process begins it, another ends it.
 */
export class Crowd {
  /** How many have left for the provider and not yet been answered. */
  underWay = 0
  signedIn = 0
  /** What people were told when they did not get in. */
  readonly lost: string[] = []

  #isOver = false
  #turn = 0
  readonly #trips: Promise<void>[] = []

  constructor(
    readonly server: ProviderServer,
    readonly sites: string[],
    readonly key: string
  ) {}

  /** Makes this many people sign in repeatedly. */
  come(people: number) {
    for (let one = 0; one < people; one++) this.#trips.push(this.#again(one))
  }

  /** Makes this many people leave for the provider and stay there until `back` resolves. */
  leave(people: number, back: Promise<unknown>) {
    for (let one = 0; one < people; one++) this.#trips.push(this.#trip(one, () => back))
  }

  /** Nobody else comes; everybody gets their answer. */
  async end() {
    this.#isOver = true
    await Promise.all(this.#trips)
  }

  async #again(one: number) {
    while (!this.#isOver) await this.#trip(one, () => wait(Math.random() * LONGEST_LOOK))
  }

  async #trip(one: number, lookAround: () => Promise<unknown>) {
    try {
      const visitor = new Visitor({ base: this.#nextSite() })
      const page = await visitor.get('/user/login')
      const started = await visitor.submit(page, `/user/login/social/${this.key}`)
      if (started.status !== 303) throw new Error(`The start answered ${started.status}`)
      this.underWay++
      try {
        const person = PEOPLE[one % PEOPLE.length]
        const callback = new URL(await this.server.consent(started.location, { person }))
        await lookAround()
        const elsewhere = this.#nextSite() + callback.pathname + callback.search
        const answer = await this.#through(visitor, elsewhere)
        if (answer.status === 303 && answer.location === '/') this.signedIn++
        else this.lost.push(`${answer.status} ${answer.location}`)
      } finally {
        this.underWay--
      }
    } catch (error) {
      const { cause } = error as Error
      this.lost.push(cause ? `${error}: ${cause}` : String(error))
    }
  }

  /** Like a browser, reloads when a page says that it continues automatically. */
  async #through(visitor: Visitor, callback: string) {
    for (let address = callback; ;) {
      const answer = await visitor.get(address)
      if (answer.refresh) await wait(answer.refresh.seconds * 1_000)
      else if (answer.location.includes('/waiting/')) address = this.#nextSite() + answer.location
      else return answer
    }
  }

  #nextSite() {
    this.#turn++
    return this.sites[this.#turn % this.sites.length]
  }
}
