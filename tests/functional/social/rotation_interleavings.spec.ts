import { test } from '@japa/runner'
import { CheckData } from '#actions/data/check_data'
import { hashToken } from '#crypto/random_token'
import { EndRetirements } from '#jobs/end_retirements'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import { now, sqlTime } from '#time/clock'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import type { ProviderServer } from '#tests/support/servers/provider_server'
import { seededRandom } from '#tests/support/random'
import { sizes } from '#tests/support/sizes'
import {
  DRIVER_NAMES,
  makeProvider,
  start,
  withProviders,
  type DriverName,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/* Of one run, each a press of an administrator, a visitor's move or the passing of time. */
const STEPS = 40

interface Trip {
  visitor: Visitor
  /** The provider's page, then the callback. */
  address: string
  isConsented: boolean
}

/**
 * A site with its administrator and its visitors, at a provider whose console
 * keeps old secrets until they are removed, or ends one as it issues the next.
 */
class Site {
  readonly trips: Trip[] = []
  /** What was issued, by the id of the credential: the site itself forgets it. */
  readonly #secrets = new Map<number, string>()
  #issued = 0

  constructor(
    readonly server: ProviderServer,
    readonly driver: DriverName,
    readonly provider: Provider,
    readonly admin: Administrator,
    readonly endsAtOnce: boolean,
    readonly random: () => number
  ) {
    this.#secrets.set(provider.activeCredentialId!, `${driver}-client-secret`)
  }

  async leave() {
    const visitor = new Visitor()
    const { location } = await start(visitor, this.driver)
    this.trips.push({ visitor, address: location, isConsented: false })
  }

  async consent(trip = this.#pick(this.trips.filter(({ isConsented }) => !isConsented))) {
    if (!trip) return
    trip.address = await this.server.consent(trip.address)
    trip.isConsented = true
  }

  /** @returns how the visitor was refused, if there was no reason to */
  async comeBack(trip = this.#pick(this.trips.filter(({ isConsented }) => isConsented))) {
    if (!trip) return null
    this.trips.splice(this.trips.indexOf(trip), 1)
    const { location } = await trip.visitor.get(trip.address)
    if (location === '/') return null

    const state = new URL(trip.address).searchParams.get('state')!
    const attempt = await SignInAttempt.findByOrFail('stateHash', hashToken(state))
    const credential = await ProviderCredential.findOrFail(attempt.credentialId)
    const others = await credential.othersOfClient()
    const hasReason = credential.status === 'revoked' && others.length === 0
    return hasReason && location.includes('failure=credential_revoked') ? null : location
  }

  /** The console issues a new secret, at Kakao sometimes with a key of its own, and it is pasted. */
  async paste() {
    const secret = `issued-secret-${++this.#issued}`
    const [{ clientId: inUse }] = await this.#keys('active')
    const app = this.server[this.driver].appOf(inUse)!
    let clientId = inUse
    if (this.driver === 'kakao' && this.random() < 0.3) {
      clientId = `another-rest-key-${this.#issued}`
      this.server.kakao.register({ ...app, clientId, clientSecrets: [secret] })
    } else {
      app.clientSecrets = this.endsAtOnce ? [secret] : [...app.clientSecrets, secret]
    }
    await this.admin.fillIn(this.#page, { clientId, clientSecret: secret })
    const draft = await ProviderCredential.query().orderBy('id', 'desc').firstOrFail()
    this.#secrets.set(draft.id, secret)
  }

  async activate() {
    const drafts = await this.#keys('draft')
    const draft = this.#pick(drafts.filter((one) => this.#isAlive(one)))
    if (!draft) return
    const [old] = await this.#keys('active')
    const grace = this.#pick(['0', '1h', '24h', '7d'])!
    await this.admin.press(this.#page, activationOf(draft), { grace })
    if (grace === '0') this.#removeFromConsole(old)
  }

  async rollBack() {
    const old = this.#pick(await this.#keys('retiring'))
    if (old) await this.admin.press(this.#page, activationOf(old))
  }

  /** Not of what alone is alive: who does that has no way in any more, and knows. */
  async revoke() {
    const credential = this.#pick(await this.#keys('draft', 'retiring'))
    if (!credential || (this.endsAtOnce && this.#isAlive(credential))) return
    await this.admin.fillIn(`/admin/credentials/${credential.publicId}/revocation`, {})
    this.#removeFromConsole(credential)
  }

  /** The grace time of one is over, and the job passes by. */
  async timePasses() {
    const old = this.#pick(await this.#keys('retiring'))
    if (!old || (this.endsAtOnce && this.#isAlive(old))) return
    await ProviderCredential.query()
      .where('id', old.id)
      .update({ retireUntil: sqlTime(now().minus({ seconds: 1 })) })
    await new EndRetirements().handle()
  }

  get #page() {
    return `/admin/providers/${this.provider.publicId}/rotation`
  }

  #keys(...states: ProviderCredential['status'][]) {
    return ProviderCredential.query().whereIn('status', states).orderBy('id')
  }

  #isAlive({ id, clientId }: ProviderCredential) {
    const app = this.server[this.driver].appOf(clientId)!
    return app.clientSecrets.includes(this.#secrets.get(id)!)
  }

  #removeFromConsole({ id, clientId }: ProviderCredential) {
    const app = this.server[this.driver].appOf(clientId)!
    app.clientSecrets = app.clientSecrets.filter((one) => one !== this.#secrets.get(id))
  }

  #pick<T>(list: T[]): T | undefined {
    return list[Math.floor(this.random() * list.length)]
  }
}

function activationOf({ publicId }: ProviderCredential) {
  return `/admin/credentials/${publicId}/activation`
}

/* By how often each happens. */
const MOVES = [
  ...['leave', 'leave', 'leave', 'consent', 'consent', 'consent', 'comeBack', 'comeBack'],
  ...['paste', 'activate', 'activate', 'rollBack', 'revoke', 'timePasses'],
] as const

test.group('Rotations, roll backs and revocations in any order', (group) => {
  const world = withProviders(group)
  group.tap((one) => one.timeout(sizes.interleavings * 60_000))

  for (const driver of DRIVER_NAMES) {
    for (const endsAtOnce of [false, true]) {
      const manner = endsAtOnce ? 'ends old secrets at once' : 'keeps old secrets alive'
      test(`${driver}, whose console ${manner}: who began a sign-in ends it`, async ({
        assert,
      }) => {
        for (let seed = 1; seed <= sizes.interleavings; seed++) {
          await emptyDatabase()
          world.server.reset()
          const random = seededRandom(seed)
          const provider = await makeProvider(world.server, driver, { requiredFields: [] })
          const admin = await signedInAs('admin')
          const site = new Site(world.server, driver, provider, admin, endsAtOnce, random)

          const done: string[] = []
          for (let step = 0; step < STEPS; step++) {
            const move = MOVES[Math.floor(random() * MOVES.length)]
            done.push(move)
            assert.isNotOk(await site[move](), `seed ${seed}: ${done.join(', ')}`)
          }
          for (const trip of [...site.trips]) {
            if (!trip.isConsented) await site.consent(trip)
            assert.isNull(await site.comeBack(trip), `seed ${seed}: ${done.join(', ')}`)
          }
          assert.deepEqual((await new CheckData().lookForDamage()).findings, [], `seed ${seed}`)
        }
      })
    }
  }
})
