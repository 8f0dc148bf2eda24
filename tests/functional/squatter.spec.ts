import { test } from '@japa/runner'
import Identity from '#models/identity'
import User from '#models/user'
import { groupInBothWays } from '#tests/support/sites/from_site'
import { forget, press, signUp } from '#tests/support/people/sign_up'
import type { ProviderServer } from '#tests/support/servers/provider_server'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'
import {
  attackersNaver,
  attackersSignUp,
  attackWithSignUp,
  ATTACKERS_PASSWORD,
  isInVictimsAccount,
  linkTo,
  mark,
  MARK,
  VICTIM,
  VICTIMS_PASSWORD,
} from '#tests/support/people/victim'
import { Visitor } from '#tests/support/visitor'

/** What an attacker prepares; each gives back how they try to profit afterwards. */
interface Trap {
  what: string
  /** Needs an account of the victim's to wait for. */
  needsAccount?: boolean
  /** The victim sits down at the very browser in which it was prepared. */
  isShared?: boolean
  set(server: ProviderServer): Promise<{
    /** The browser that the victim uses. */
    victim: Visitor
    /** Tries everything, also at the browser `seat`; gives back all browsers that may be in. */
    attack(seat?: Visitor): Promise<Visitor[]>
  }>
}

const TRAPS: Trap[] = [
  {
    what: 'a Naver account that shows the address of the victim',
    async set(server) {
      const attacker = new Visitor()
      await attackersNaver(server, attacker)
      return {
        victim: new Visitor(),
        async attack() {
          /* Asks to confirm "their" address, and comes by Naver again. */
          const page = await attacker.get('/account')
          const identity = page.fieldValue('identity') ?? ''
          await attacker.submit(page, '/account/email/proof', { identity })
          const again = new Visitor()
          await attackersNaver(server, again)
          await proveByGuessing(again)
          return [attacker, again]
        },
      }
    },
  },
  {
    what: 'a waiting sign-up in the name of the victim',
    async set() {
      const attacker = new Visitor()
      const link = await attackersSignUp(attacker)
      return { victim: new Visitor(), attack: () => attackWithSignUp(attacker, link) }
    },
  },
  {
    what: 'a waiting sign-up left in the browser that the victim uses next',
    isShared: true,
    async set() {
      const shared = new Visitor()
      const link = await attackersSignUp(shared)
      return {
        victim: shared,
        attack: (seat = new Visitor()) => attackWithSignUp(seat, link),
      }
    },
  },
  {
    what: 'a Naver account left waiting in the browser that the victim uses next',
    needsAccount: true,
    isShared: true,
    async set(server) {
      const shared = new Visitor()
      await attackersNaver(server, shared)
      /* A copy of everything this browser had to show at that moment. */
      const copy = new Visitor()
      for (const [name, value] of shared.cookies) copy.cookies.set(name, value)
      return {
        victim: shared,
        async attack(seat = copy) {
          const again = new Visitor()
          await attackersNaver(server, again)
          for (const one of [seat, copy, again]) await proveByGuessing(one)
          return [seat, copy, again]
        },
      }
    },
  },
]

/** How the victim comes; afterwards they are signed in, and can come the same way again. */
interface Arrival {
  how: string
  /** Whether the victim has an account before; `either` is tried both ways. */
  account: 'before' | 'none' | 'either'
  come(server: ProviderServer, victim: Visitor): Promise<void>
  comeAgain(server: ProviderServer): Promise<Visitor>
}

const byPassword = (password: string) => async () => {
  const visitor = new Visitor()
  await visitor.signIn(VICTIM, password)
  return visitor
}

const NEW_PASSWORD = 'eleven noisy crows at dusk'

const ARRIVALS: Arrival[] = [
  {
    how: 'by Kakao, which vouches for the address',
    account: 'either',
    async come(server, victim) {
      await signInWith(server, victim, 'kakao')
    },
    async comeAgain(server) {
      const visitor = new Visitor()
      await signInWith(server, visitor, 'kakao')
      return visitor
    },
  },
  {
    how: 'by their own Naver account',
    account: 'either',
    async come(server, victim) {
      await signInWith(server, victim, 'naver')
      if (await victim.isSignedIn()) return
      /* The address has an account: it is theirs, and they know its password. */
      const page = await victim.get('/user/login/prove')
      await victim.submit(page, '/user/login/prove', { password: VICTIMS_PASSWORD })
    },
    async comeAgain(server) {
      const visitor = new Visitor()
      await signInWith(server, visitor, 'naver')
      return visitor
    },
  },
  {
    how: 'by signing up and confirming',
    account: 'none',
    async come(_server, victim) {
      await signUp(victim, VICTIM, { password: VICTIMS_PASSWORD })
      await press(victim, await linkTo(VICTIM))
    },
    comeAgain: byPassword(VICTIMS_PASSWORD),
  },
  {
    how: 'by a password reset',
    account: 'before',
    async come(_server, victim) {
      await forget(victim, VICTIM)
      await press(victim, await linkTo(VICTIM), { password: NEW_PASSWORD })
      await victim.signIn(VICTIM, NEW_PASSWORD)
    },
    comeAgain: byPassword(NEW_PASSWORD),
  },
  {
    how: 'by their password',
    account: 'before',
    async come(_server, victim) {
      await victim.signIn(VICTIM, VICTIMS_PASSWORD)
    },
    comeAgain: byPassword(VICTIMS_PASSWORD),
  },
]

/** Where a proof waits in this browser: everything that needs no mailbox is tried. */
async function proveByGuessing(visitor: Visitor) {
  const page = await visitor.get('/user/login/prove')
  await visitor.submit(page, '/user/login/prove', { password: ATTACKERS_PASSWORD })
  await visitor.submit(page, '/user/login/prove', { code: '000000' })
}

/** Every pair of "the victim had an account or not" that makes sense for the two. */
function* cells() {
  for (const trap of TRAPS) {
    for (const arrival of ARRIVALS) {
      for (const hadAccount of [false, true]) {
        if (arrival.account === (hadAccount ? 'none' : 'before')) continue
        if (trap.needsAccount && !hadAccount) continue
        yield { trap, arrival, hadAccount }
      }
    }
  }
}

groupInBothWays('A squatter waits with', (group) => {
  const world = withProviders(group)

  for (const { trap, arrival, hadAccount } of cells()) {
    const who = hadAccount ? 'the victim, a member,' : 'the victim, a newcomer,'
    test(`${trap.what}; ${who} comes ${arrival.how}: theirs alone`, async ({ assert }) => {
      await makeProvider(world.server, 'kakao')
      await makeProvider(world.server, 'naver')
      const owner = hadAccount
        ? await makeUser({ email: VICTIM, password: VICTIMS_PASSWORD })
        : null
      const { victim, attack } = await trap.set(world.server)

      await arrival.come(world.server, victim)
      assert.isTrue(await victim.isSignedIn())
      await mark(victim)
      assert.isTrue(await isInVictimsAccount(victim))

      for (const attacker of await attack()) {
        assert.isFalse(await isInVictimsAccount(attacker))
      }
      assert.isFalse(await isInVictimsAccount(await byPassword(ATTACKERS_PASSWORD)()))

      assert.isTrue(await isInVictimsAccount(victim))

      if (trap.isShared) {
        /* The victim stands up, the attacker sits down again. */
        await victim.submit(await victim.get('/account'), '/user/logout')
        for (const attacker of await attack(victim)) {
          assert.isFalse(await isInVictimsAccount(attacker))
        }
      }
      assert.isTrue(await isInVictimsAccount(await arrival.comeAgain(world.server)))
      const theirs = await User.findByOrFail('name', MARK)
      if (owner) assert.equal(theirs.id, owner.id)
      const strangers = Identity.query().where('subject', 'id-of-the-attacker')
      assert.lengthOf(await strangers.where('userId', theirs.id), 0)
    })
  }
})
