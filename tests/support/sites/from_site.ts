import assert from 'node:assert/strict'
import { test } from '@japa/runner'
import type { Group } from '@japa/runner/core'
import type * as openid from 'openid-client'
import db from '@adonisjs/lucid/services/db'
import { cookieName } from '#auth/cookies'
import { hashToken } from '#crypto/random_token'
import {
  aRequest,
  aSite,
  backToSite,
  CALLBACK,
  siteClient,
  waitingPage,
} from '#tests/support/sites/site'
import { sizes } from '#tests/support/sizes'
import { DRIVER_NAMES, type DriverName } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

/** How the people of a suite get here. */
export interface Way {
  /** The providers to try: the second time one is enough, except in the long run. */
  drivers: readonly DriverName[]
  /** Where this browser ends up after a sign-in that asks for no other page. */
  leadsTo(visitor: Visitor): string
}

interface Visit {
  /** Of the request that waits in this browser. */
  page: string
  finish: Awaited<ReturnType<typeof aRequest>>['finish']
}

/** Forms that begin a sign-in and carry `next` along. */
const SIGN_IN = /^\/user\/(login|create)$|^\/user\/login\/social\/[\w-]+$/

/**
 * Declares a group of tests twice: for people who sign in to this site alone, and for
 * people sent by another site, whose request waits in their browser throughout. The
 * second time, each browser is checked when the test ends: the site gets a code for
 * whoever is signed in there, and none when nobody is.
 */
export function groupInBothWays(title: string, declare: (group: Group, way: Way) => void) {
  test.group(title, (group) => declare(group, { drivers: DRIVER_NAMES, leadsTo: () => '/' }))
  if (!sizes.bothWays) return
  test.group(`${title} (sent by another site)`, (group) => {
    const visits = new Map<Visitor, Visit | null>()
    const drivers = sizes.everyRotation ? DRIVER_NAMES : (['naver'] as const)
    sendBySite(group, visits)
    declare(group, { drivers, leadsTo: (visitor) => visits.get(visitor)?.page ?? '/' })
  })
}

/* Hooks apply only to tests declared after them. */
function sendBySite(group: Group, visits: Map<Visitor, Visit | null>) {
  let site: Promise<openid.Configuration> | undefined

  group.setup(() => {
    const { post } = Visitor.prototype
    Visitor.prototype.post = async function (path, fields) {
      const isSignIn = SIGN_IN.test(path) && !('next' in fields) && !('intent' in fields)
      if (!isSignIn) return post.call(this, path, fields)
      site ??= aSite().then((secret) => siteClient(secret))
      if (!visits.has(this)) visits.set(this, await visitOf(this, await site))
      const next = visits.get(this)?.page
      return post.call(this, path, { ...fields, ...(next && { next }) })
    }
    return () => {
      Visitor.prototype.post = post
    }
  })
  group.each.teardown(async () => {
    for (const [visitor, visit] of visits) if (visit) await lookAt(visitor, visit, (await site)!)
    visits.clear()
    site = undefined
  })
}

/** The site sends somebody here; `null` if they are signed in and are sent straight back. */
async function visitOf(visitor: Visitor, config: openid.Configuration): Promise<Visit | null> {
  const { url, finish } = await aRequest(config)
  const page = waitingPage(await visitor.get(url.href))
  return page === '' ? null : { page, finish }
}

async function lookAt(visitor: Visitor, { page, finish }: Visit, config: openid.Configuration) {
  const isSignedIn = await visitor.isSignedIn()
  const answer = await visitor.get(page)
  if (isSignedIn) {
    const tokens = await finish(await backToSite(visitor, answer))
    assert.equal(tokens.claims()!.sub, await memberIn(visitor))
    return
  }
  const asked = await backToSite(visitor, answer)
  assert.ok(asked.startsWith('/user/login?next='), asked)
  const { url } = await aRequest(config, { prompt: 'none' })
  const { location } = await visitor.get(url.href)
  assert.ok(location.startsWith(`${CALLBACK}?error=login_required&`), location)
}

/** The member whose session this browser has. */
async function memberIn(visitor: Visitor): Promise<string | undefined> {
  const token = visitor.cookies.get(cookieName('session')) ?? ''
  const row: { public_id: string } | null = await db
    .from('user_sessions')
    .join('users', 'users.id', 'user_sessions.user_id')
    .where('user_sessions.token_hash', hashToken(token))
    .select('users.public_id')
    .first()
  return row?.public_id
}
