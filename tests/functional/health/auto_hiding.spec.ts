import { test } from '@japa/runner'
import { probe } from '#health/probe'
import { allJobs } from '#jobs/all'
import { WatchProviders } from '#jobs/watch_providers'
import AuditEntry from '#models/audit_entry'
import { now, sqlTime } from '#time/clock'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import User from '#models/user'
import { signedInAs } from '#tests/support/people/administrator'
import { queuedMails } from '#tests/support/mails'
import { faults } from '#tests/support/servers/provider_server'
import { t } from '#tests/support/texts'
import { pastTrips } from '#tests/support/trips'
import {
  DRIVER_NAMES,
  makeCredential,
  makeProvider,
  makeUser,
  PATHS,
  signInWith,
  start,
  withProviders,
} from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const KAKAO_BUTTON = '/user/login/social/kakao'
const NAVER_BUTTON = '/user/login/social/naver'
const FOREVER = Number.POSITIVE_INFINITY

/** Lets time go by: what the watch remembers happened that much earlier. */
async function later(minutes: number) {
  for (const provider of await Provider.all()) {
    await Provider.query()
      .where('id', provider.id)
      .update({
        watchedAt: provider.watchedAt && sqlTime(provider.watchedAt.minus({ minutes })),
        autoHiddenAt: provider.autoHiddenAt && sqlTime(provider.autoHiddenAt.minus({ minutes })),
      })
  }
}

test.group('A failing provider hides by itself', (group) => {
  const world = withProviders(group)
  let kakao: Provider
  let naver: Provider

  group.each.setup(async () => {
    kakao = await makeProvider(world.server, 'kakao', { hideWhenFailing: true })
    naver = await makeProvider(world.server, 'naver')
    await ProviderCredential.query().update({ activatedAt: sqlTime(now().minus({ days: 1 })) })
  })

  const notice = () => t('health.resting', { label: kakao.label })
  const failing = () => t('health.alert.failing', { label: kakao.label })
  const watch = () => new WatchProviders().handle()
  const kakaoBreaks = () => world.server.spoil(PATHS.kakao.token, faults.serverError, FOREVER)
  const fiveFail = (provider = kakao) =>
    pastTrips(provider, {
      at: now().minus({ minutes: 1 }),
      outcome: 'failed',
      failure: 'provider_unavailable',
      times: 5,
    })
  const isHidden = async () => (await Provider.findOrFail(kakao.id)).isAutoHidden

  test('from visitors’ trips to the mails, and back when the provider answers', async ({
    assert,
  }) => {
    await makeUser({ email: 'first@example.org', role: 'admin', locale: 'en' })
    await makeUser({ email: 'second@example.org', role: 'admin' })
    await makeUser({ email: 'gone@example.org', role: 'admin', suspendedAt: now() })
    await makeUser({ email: 'member@example.org' })
    await makeUser({ role: 'admin' })

    kakaoBreaks()
    for (let trip = 0; trip < 5; trip++) {
      assert.deepEqual(await watch(), { hidden: 0, unhidden: 0 })
      await signInWith(world.server, new Visitor(), 'kakao')
      await later(1)
    }
    assert.deepEqual(await watch(), { hidden: 1, unhidden: 0 })

    /* Visitors */
    for (const path of ['/user/login', '/user/create']) {
      const page = await new Visitor().get(path)
      assert.notInclude(page.actions, KAKAO_BUTTON)
      assert.include(page.actions, NAVER_BUTTON)
      assert.include(page.words, notice())
    }
    const started = await start(new Visitor(), 'kakao')
    assert.include(started.location, world.server.origin)

    /* Administrators */
    const mails = await queuedMails()
    assert.sameMembers(
      mails.map(({ to, template }) => `${template} ${to}`),
      ['provider_hidden first@example.org', 'provider_hidden second@example.org']
    )
    assert.containSubset(mails[0].data, { provider: kakao.label, reason: 'provider_unavailable' })
    const row = await Provider.findOrFail(kakao.id)
    assert.isFalse(row.hidden)
    const admin = await signedInAs('admin')
    const list = await admin.get('/admin/providers')
    assert.include(list.words, t('health.states.auto_hidden'))
    assert.include(list.words, `${t('health.alert.hidden_since')} 20`)
    assert.include(list.actions, `/admin/providers/${kakao.publicId}/auto_hiding/end`)

    /* It recovers, but for ten minutes nobody looks. */
    world.server.mend()
    await later(9)
    assert.deepEqual(await watch(), { hidden: 0, unhidden: 0 })
    assert.isTrue(await isHidden())
    await later(1)
    assert.deepEqual(await watch(), { hidden: 0, unhidden: 1 })
    const page = await new Visitor().get('/user/login')
    assert.include(page.actions, KAKAO_BUTTON)
    assert.notInclude(page.words, notice())
    const told = (await queuedMails()).filter(({ to }) => to === 'first@example.org')
    assert.deepEqual(
      told.map(({ template }) => template),
      ['provider_offered_again', 'provider_hidden']
    )

    /* Those failures are over: neither a banner nor another hiding comes of them. */
    assert.notInclude((await admin.get('/admin/mails')).words, failing())
    kakaoBreaks()
    await later(1)
    assert.deepEqual(await watch(), { hidden: 0, unhidden: 0 })

    const audit = await AuditEntry.query().orderBy('id')
    assert.deepEqual(
      audit.map(({ action, via, subjectId }) => ({ action, via, subjectId })),
      [
        { action: 'provider.auto_hidden', via: 'job', subjectId: kakao.publicId },
        { action: 'provider.offered_again', via: 'job', subjectId: kakao.publicId },
      ]
    )
  })

  test('stays hidden for as long as the provider does not answer', async ({ assert }) => {
    kakaoBreaks()
    await fiveFail()
    await watch()
    for (let hour = 0; hour < 5; hour++) {
      await later(60)
      assert.deepEqual(await watch(), { hidden: 0, unhidden: 0 })
    }
    assert.isTrue(await isHidden())
    assert.lengthOf(await AuditEntry.all(), 1)
  })

  test('a stranger who makes trips fail does not hide a provider that is well', async ({
    assert,
  }) => {
    for (let trip = 0; trip < 12; trip++) {
      const attacker = new Visitor()
      const started = await start(attacker, 'kakao')
      const state = new URL(started.location).searchParams.get('state')
      const lie = trip % 2 ? 'error=server_error' : 'code=invented'
      await attacker.get(`/user/login/social/kakao/callback/?${lie}&state=${state}`)
    }
    assert.deepEqual(await watch(), { hidden: 0, unhidden: 0 })
    assert.isFalse(await isHidden())
    /* Administrators may well know. */
    const admin = await signedInAs('admin')
    assert.include((await admin.get('/admin/mails')).words, failing())
  })

  test('not unless administrators chose it, which is not the default', async ({ assert }) => {
    kakaoBreaks()
    await fiveFail()
    await kakao.merge({ hideWhenFailing: false }).save()
    assert.deepEqual(await watch(), { hidden: 0, unhidden: 0 })
    assert.isFalse((await Provider.findOrFail(naver.id)).hideWhenFailing)
  })

  test('not while no other button remains', async ({ assert }) => {
    kakaoBreaks()
    await fiveFail()
    for (const withdrawn of [
      { enabled: false },
      { enabled: true, hidden: true },
      { hidden: false, autoHiddenAt: now() },
    ]) {
      await naver.merge(withdrawn).save()
      assert.deepEqual(await watch(), { hidden: 0, unhidden: 0 })
      await later(1)
    }
    await naver.merge({ autoHiddenAt: null }).save()
    assert.deepEqual(await watch(), { hidden: 1, unhidden: 0 })
  })

  test('when the other buttons go later, it has its own again', async ({ assert }) => {
    await kakao.merge({ autoHiddenAt: now(), autoHiddenFor: 'provider_busy' }).save()
    assert.notInclude((await new Visitor().get('/user/login')).actions, KAKAO_BUTTON)
    await naver.merge({ enabled: false }).save()
    const page = await new Visitor().get('/user/login')
    assert.include(page.actions, KAKAO_BUTTON)
    assert.notInclude(page.words, notice())
  })

  test('it stays a way in: nobody is shut out of their account page for it', async ({ assert }) => {
    const member = new Visitor()
    await signInWith(world.server, member, 'kakao')
    await kakao.merge({ autoHiddenAt: now(), autoHiddenFor: 'provider_busy' }).save()
    const methods = await member.get('/account/sign_in_methods')
    assert.notInclude(methods.words, t('account.methods.off'))
    assert.include((await member.get('/account/reauthenticate')).actions, KAKAO_BUTTON)
  })

  test('of several processes one acts: one entry, one mail for each administrator', async ({
    assert,
  }) => {
    await makeUser({ email: 'first@example.org', role: 'admin' })
    kakaoBreaks()
    await fiveFail()
    const passes = await Promise.all([watch(), watch(), watch()])
    assert.equal(
      passes.reduce((sum, { hidden }) => sum + hidden, 0),
      1
    )
    assert.equal(world.server.count(PATHS.kakao.token), 1)
    assert.lengthOf(await AuditEntry.all(), 1)
    assert.lengthOf(await queuedMails(), 1)

    /* And the next pass of another process, a moment later, asks nobody again. */
    await watch()
    assert.equal(world.server.count(PATHS.kakao.token), 1)
  })

  test('an administrator shows it again at once, which is audited and mailed to none', async ({
    assert,
  }) => {
    await kakao.merge({ autoHiddenAt: now(), autoHiddenFor: 'provider_busy' }).save()
    const path = `/admin/providers/${kakao.publicId}`
    const action = `${path}/auto_hiding/end`
    const member = await signedInAs('member')
    assert.equal((await member.submit(await member.get('/'), action)).status, 404)
    const admin = await signedInAs('admin')
    await admin.post(action, {})
    assert.isTrue(await isHidden())

    const health = await admin.get(`${path}/health`)
    const shown = await admin.submit(health, action)
    assert.equal(shown.location, `${path}/health`)
    const { words } = await admin.get(shown.location)
    assert.include(words, t('health.offered_again', { label: kakao.label }))
    assert.isFalse(await isHidden())
    await admin.submit(health, action)

    const [entry, ...others] = await AuditEntry.all()
    assert.isEmpty(others)
    assert.containSubset(entry.toJSON(), {
      action: 'provider.offered_again',
      via: 'page',
      changes: { autoHiddenFor: { before: 'provider_busy', after: null } },
    })
    assert.isNotNull(entry.actorUserId)
    assert.isEmpty(await queuedMails())
  })

  test('whoever no longer wants it has the button back with the setting', async ({ assert }) => {
    await kakao.merge({ autoHiddenAt: now(), autoHiddenFor: 'provider_busy' }).save()
    const admin = await signedInAs('admin')
    const path = `/admin/providers/${kakao.publicId}/settings`
    const form = await admin.get(path)
    assert.isTrue(form.has('[name=hideWhenFailing][checked]'))
    const saved = await admin.submit(form, path, {
      'version': form.fieldValue('version')!,
      'label': kakao.label,
      'requiredFields[]': 'email',
      'emailPolicy': 'never',
      'syncProfile': 'always',
      'scopes': '',
      'position': '0',
    })
    assert.equal(saved.status, 303)
    assert.isFalse(await isHidden())
    const entry = await AuditEntry.findByOrFail('action', 'provider.changed')
    assert.deepEqual(entry.changes.hideWhenFailing, { before: true, after: false })
  })

  test('new keys are tried at once, without the ten minutes', async ({ assert }) => {
    await kakao.merge({ autoHiddenAt: now().minus({ minutes: 2 }) }).save()
    assert.deepEqual(await watch(), { hidden: 0, unhidden: 0 })
    await later(1)
    await ProviderCredential.query().where('providerId', kakao.id).update({ status: 'retiring' })
    await makeCredential(kakao, 'kakao-client-id', 'kakao-client-secret')
    assert.deepEqual(await watch(), { hidden: 0, unhidden: 1 })
  })

  test('nobody is told of a button that an administrator hid meanwhile', async ({ assert }) => {
    await makeUser({ email: 'first@example.org', role: 'admin' })
    await kakao.merge({ autoHiddenAt: now().minus({ hours: 1 }), hidden: true }).save()
    assert.deepEqual(await watch(), { hidden: 0, unhidden: 1 })
    assert.isEmpty(await queuedMails())
  })

  test('the watch is among the jobs of every process', ({ assert }) => {
    assert.isTrue(allJobs().some((job) => job instanceof WatchProviders))
  })
})

test.group('A call to find out how a provider does', (group) => {
  const world = withProviders(group)

  for (const driver of DRIVER_NAMES) {
    const ask = async () => {
      const provider = await Provider.findByOrFail('key', driver)
      return probe(provider, await ProviderCredential.findOrFail(provider.activeCredentialId))
    }

    test(`${driver}: right keys and an API that answers are well`, async ({ assert }) => {
      await makeProvider(world.server, driver)
      assert.isNull(await ask())
      assert.equal(world.server.count(PATHS[driver].profile), 1)
    })

    test(`${driver}: everything that stands in every visitor’s way is named`, async ({
      assert,
    }) => {
      const { server } = world
      const provider = await makeProvider(server, driver)
      const { token, profile } = PATHS[driver]
      for (const [path, fault, failure] of [
        [token, faults.serverError, 'provider_unavailable'],
        [token, faults.html, 'answer_unreadable'],
        [token, faults.tooManyRequests(1), 'provider_busy'],
        [token, faults.reset, 'provider_unreachable'],
        [profile, faults.serverError, 'provider_unavailable'],
      ] as const) {
        server.spoil(path, fault)
        assert.equal(await ask(), failure)
      }

      await makeCredential(provider, `${driver}-client-id`, 'a secret of yesterday')
      assert.equal(await ask(), 'secret_refused')
      await ProviderCredential.query().update({ clientSecret: 'sealed by another key' })
      assert.equal(await ask(), 'secret_unreadable')
    })
  }

  test('nothing of it is a trip, or reaches a person', async ({ assert }) => {
    const provider = await makeProvider(world.server, 'kakao')
    await provider.load('activeCredential')
    await probe(provider, provider.activeCredential)
    assert.isNull(await User.first())
    const sent = world.server.lastCallTo(PATHS.kakao.token).form
    assert.equal(sent.get('grant_type'), 'authorization_code')
    assert.match(sent.get('code') ?? '', /^[\w-]{43}$/)
  })
})
