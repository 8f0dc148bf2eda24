import { test } from '@japa/runner'
import { DateTime } from 'luxon'
import { figuresOf, lastDayOf } from '#health/figures'
import { now } from '#time/clock'
import ProviderCredential from '#models/provider_credential'
import SignInAttempt from '#models/sign_in_attempt'
import { faults } from '#tests/support/servers/provider_server'
import { tripFrom, signedInMember } from '#tests/support/people/member'
import { aCredential, aProvider } from '#tests/support/providers'
import { pastTrips } from '#tests/support/trips'
import { makeProvider, PATHS, signInWith, start, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

test.group('The figures of a provider', (group) => {
  const world = withProviders(group)

  test('real trips of every kind count once each, and nothing else does', async ({ assert }) => {
    const { server } = world
    const kakao = await makeProvider(server, 'kakao')
    const naver = await makeProvider(server, 'naver')

    await signInWith(server, new Visitor(), 'kakao')
    await signInWith(server, new Visitor(), 'kakao', { action: 'cancel' })
    await signInWith(server, new Visitor(), 'kakao', { person: 'seoyeon', agree: ['nickname'] })
    server.spoil(PATHS.kakao.token, faults.serverError)
    await signInWith(server, new Visitor(), 'kakao')
    await start(new Visitor(), 'kakao')
    const { visitor } = await signedInMember({ email: 'member@example.com' })
    const page = '/account/sign_in_methods'
    await tripFrom(server, visitor, page, 'kakao', { intent: 'link', person: 'seoyeon' })

    await signInWith(server, new Visitor(), 'naver', { person: 'doyun' })
    await new Visitor().signIn('nobody@example.com', 'not the password')
    await pastTrips(kakao, { at: now(), outcome: 'signed_in', intent: 'trial', times: 3 })

    const { total, credentials } = await figuresOf(kakao, 'hour')
    assert.equal(total.started, 6)
    assert.deepEqual(total.endings, {
      finished: 2,
      failed: 2,
      given_up: 0,
      cancelled: 1,
      under_way: 1,
    })
    assert.sameDeepMembers(total.reasons, [
      { reason: 'missing_fields', trips: 1 },
      { reason: 'provider_unavailable', trips: 1 },
    ])
    assert.deepEqual([...credentials.keys()], [kakao.activeCredentialId])

    const lastDays = await lastDayOf([kakao, naver])
    assert.equal(lastDays.get(kakao.id)!.started, 6)
    assert.equal(lastDays.get(naver.id)!.endings.finished, 1)
  })

  test('a trip that is not over becomes one that did not come back', async ({ assert }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    await start(new Visitor(), 'kakao')
    const attempt = await SignInAttempt.firstOrFail()

    const after = async (minutes: number) => {
      const at = attempt.startedAt.plus({ minutes })
      const { total } = await figuresOf(kakao, 'hour', at)
      return total.endings
    }
    assert.containSubset(await after(9), { under_way: 1, given_up: 0 })
    assert.containSubset(await after(10), { under_way: 0, given_up: 1 })
  })

  test('a proof asked for here that nobody gives counts as given up in the end', async ({
    assert,
  }) => {
    const kakao = await makeProvider(world.server, 'kakao', { emailPolicy: 'never' })
    await signedInMember({ email: 'minjun@example.com' })
    await signInWith(world.server, new Visitor(), 'kakao')
    const attempt = await SignInAttempt.findByOrFail('outcome', 'must_prove')

    const after = async (minutes: number) => {
      const { total } = await figuresOf(kakao, 'hour', attempt.startedAt.plus({ minutes }))
      return total.endings
    }
    assert.containSubset(await after(19), { under_way: 1, given_up: 0 })
    assert.containSubset(await after(21), { under_way: 0, given_up: 1 })
  })
})

test.group('The figures over time', (group) => {
  withProviders(group)
  /* 12:34:56 in Korea. */
  const at = DateTime.fromISO('2026-11-23T03:34:56Z', { zone: 'utc' })
  const time = (iso: string) => DateTime.fromISO(iso, { zone: 'utc' })
  const done = { outcome: 'signed_in' }

  const places = (buckets: { started: number }[]) =>
    buckets.flatMap(({ started }, index) => (started ? [[index, started]] : []))

  test('a step begins with its first second and ends before the next one’s', async ({ assert }) => {
    const provider = await aProvider()
    await pastTrips(
      provider,
      { at: time('2026-11-23T02:34:59Z'), ...done },
      { at: time('2026-11-23T02:35:00Z'), ...done },
      { at: time('2026-11-23T02:39:59Z'), ...done },
      { at: time('2026-11-23T02:40:00Z'), ...done },
      { at: time('2026-11-23T03:34:56Z'), ...done }
    )
    const { buckets, total } = await figuresOf(provider, 'hour', at)
    assert.deepEqual(places(buckets), [
      [0, 2],
      [1, 1],
      [11, 1],
    ])
    assert.equal(total.started, 4)
  })

  test('a day is one of Korea, whatever the server and the database think', async ({ assert }) => {
    const provider = await aProvider()
    await pastTrips(
      provider,
      /* The last second of the day before the first, in Korea; then its first one. */
      { at: time('2026-10-24T14:59:59Z'), ...done },
      { at: time('2026-10-24T15:00:00Z'), ...done, times: 2 },
      /* 23:59 and 00:00 of two days in Korea, which is one in UTC. */
      { at: time('2026-11-21T14:59:59Z'), ...done, times: 3 },
      { at: time('2026-11-21T15:00:00Z'), ...done, times: 5 }
    )
    const { buckets } = await figuresOf(provider, 'month', at)
    assert.deepEqual(places(buckets), [
      [0, 2],
      [27, 3],
      [28, 5],
    ])
  })

  test('a trip a moment ahead of this machine’s clock is in the last step', async ({ assert }) => {
    const provider = await aProvider()
    await pastTrips(provider, { at: at.plus({ minutes: 7 }), ...done })
    const { buckets } = await figuresOf(provider, 'hour', at)
    assert.deepEqual(places(buckets), [[11, 1]])
  })

  test('each credential has its own, also one that is gone', async ({ assert }) => {
    const provider = await aProvider()
    const other = await aCredential(provider, { status: 'retiring' })
    const gone = await aCredential(provider, { status: 'revoked' })
    await pastTrips(
      provider,
      { at, ...done, times: 4 },
      { at, outcome: 'failed', failure: 'secret_refused', credentialId: other.id, times: 2 },
      { at, ...done, credentialId: gone.id }
    )
    await ProviderCredential.query().where('id', gone.id).delete()

    const { credentials, total } = await figuresOf(provider, 'day', at)
    assert.equal(credentials.get(provider.activeCredentialId)?.endings.finished, 4)
    assert.deepEqual(credentials.get(other.id)?.reasons, [{ reason: 'secret_refused', trips: 2 }])
    assert.equal(credentials.get(null)?.started, 1)
    assert.equal(total.started, 7)
  })

  test('the index they are read from does not keep a provider from being deleted', async ({
    assert,
  }) => {
    const provider = await aProvider()
    await pastTrips(provider, { at, ...done, times: 3 })
    await provider.merge({ activeCredentialId: null }).save()
    await provider.delete()
    assert.isEmpty(await SignInAttempt.all())
  })

  test('without providers or trips there is nothing, and no error', async ({ assert }) => {
    assert.equal((await lastDayOf([])).size, 0)
    const provider = await aProvider()
    const { total, credentials } = await figuresOf(provider, 'month', at)
    assert.equal(total.started, 0)
    assert.equal(credentials.size, 0)
  })
})
