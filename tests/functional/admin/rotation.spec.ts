import { DateTime } from 'luxon'
import { test } from '@japa/runner'
import AuditEntry from '#models/audit_entry'
import Identity from '#models/identity'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import User from '#models/user'
import { now } from '#time/clock'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { aCredential, aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { DRIVER_NAMES, makeProvider, withProviders } from '#tests/support/trip'

const SECRET = 'Zq3-vErY.secret_7w'
const OLD_SECRET = 'first-secret-value'

const pageOf = ({ publicId }: Provider) => `/admin/providers/${publicId}/rotation`
const activationOf = ({ publicId }: ProviderCredential) =>
  `/admin/credentials/${publicId}/activation`
const revocationOf = ({ publicId }: ProviderCredential) =>
  `/admin/credentials/${publicId}/revocation`
const activeOf = async (provider: Provider) =>
  ProviderCredential.findOrFail((await provider.refresh()).activeCredentialId)

async function someoneCameThrough(provider: Provider) {
  const user = await User.create({ name: '이회원' })
  const link = { userId: user.id, providerId: provider.id, subject: '1', scopes: [] }
  await Identity.create({ ...link, linkedAt: now() })
}

test.group('The page of a rotation', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  test('only the secret is new: pasted, taken into use, rolled back, each with one press', async ({
    assert,
  }) => {
    const provider = await aProvider({ enabled: true })
    const path = pageOf(provider)
    const old = await activeOf(provider)
    assert.equal((await admin.get(path)).fieldValue('clientId'), 'first-client-id')

    const pasted = await admin.fillIn(path, {
      clientId: 'first-client-id',
      clientSecret: SECRET,
      label: '재발급',
    })
    assert.equal(pasted.location, path)
    const draft = await ProviderCredential.findByOrFail('status', 'draft')
    assert.equal((await activeOf(provider)).id, old.id)

    const page = await admin.press(path, activationOf(draft), { grace: '3d' })
    assert.include(page.words, t('admin.notices.credential_activated'))
    assert.equal((await activeOf(provider)).id, draft.id)
    await old.refresh()
    assert.equal(old.status, 'retiring')
    assert.closeTo(old.retireUntil!.diffNow('hours').hours, 72, 0.1)
    assert.equal(old.revealSecret(), OLD_SECRET)

    await admin.press(path, activationOf(old))
    assert.equal((await activeOf(provider)).id, old.id)
    await draft.refresh()
    await old.refresh()
    assert.equal(draft.status, 'draft')
    assert.equal(draft.revealSecret(), SECRET)
    assert.isNull(old.retireUntil)

    const entries = await AuditEntry.query().orderBy('id')
    assert.deepEqual(
      entries.map(({ action, subjectId, via, actorName }) => [action, subjectId, via, actorName]),
      [
        ['credential.added', draft.publicId, 'page', '김관리'],
        ['credential.retired', old.publicId, 'page', '김관리'],
        ['credential.activated', draft.publicId, 'page', '김관리'],
        ['credential.set_back', draft.publicId, 'page', '김관리'],
        ['credential.rolled_back', old.publicId, 'page', '김관리'],
      ]
    )
    for (const secret of [SECRET, OLD_SECRET]) {
      assert.notInclude(admin.everythingSeen, secret)
      assert.notInclude(JSON.stringify(entries), secret)
    }
  })

  test('after a leak the old key is revoked at once, without a grace time', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const old = await activeOf(provider)
    const draft = await aCredential(provider)
    await admin.press(pageOf(provider), activationOf(draft), { grace: '0' })
    await old.refresh()
    assert.equal(old.status, 'revoked')
    assert.isNull(old.clientSecret)
    assert.equal((await activeOf(provider)).id, draft.id)
    assert.isTrue((await provider.refresh()).enabled)
  })

  test('whatever is sent as a grace time, sign-ins under way have their ten minutes', async ({
    assert,
  }) => {
    for (const [index, grace] of ['1m', '-24h', '0x', 'soon', ''].entries()) {
      const provider = await aProvider({ key: `naver-${index}` })
      const old = await activeOf(provider)
      const draft = await aCredential(provider)
      await admin.press(pageOf(provider), activationOf(draft), { grace })
      await old.refresh()
      assert.closeTo(old.retireUntil!.diffNow('hours').hours, 24, 0.1, grace)
    }
  })

  test('says what the console does to the old secret, per provider, and in English', async ({
    assert,
  }) => {
    const naver = await aProvider({ enabled: true })
    const kakao = await aProvider({ key: 'kakao', driver: 'kakao', enabled: true })
    for (const language of ['ko', 'en'] as const) {
      const reader = await signedInAs('admin', language)
      const ofNaver = await reader.get(pageOf(naver))
      assert.include(ofNaver.words, t('rotation.console.naver.ends', {}, language))
      const ofKakao = await reader.get(pageOf(kakao))
      assert.include(ofKakao.words, t('rotation.console.kakao.safest', {}, language))
      assert.include(ofKakao.words, '/user/login/social/kakao/callback/')
    }
  })

  test('tells when visitors already sign in by the key that only waits', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const draft = await aCredential(provider)
    assert.notInclude((await admin.get(pageOf(provider))).words, t('rotation.serves_already'))
    await draft.merge({ lastUsedAt: now() }).save()
    assert.include((await admin.get(pageOf(provider))).words, t('rotation.serves_already'))
  })

  test('without a key in use there is nothing to replace: the first is entered elsewhere', async ({
    assert,
  }) => {
    const provider = await aProvider()
    await (await activeOf(provider)).revoke()
    await provider.merge({ activeCredentialId: null }).save()
    const page = await admin.get(pageOf(provider))
    assert.equal(page.location, `/admin/providers/${provider.publicId}/credentials/create`)
    assert.equal((await admin.get(page.location)).status, 200)
  })

  test('a practice provider issues its practice secrets itself, shows none, and keeps out of real ones', async ({
    assert,
  }) => {
    const provider = await aProvider({
      sandbox: true,
      enabled: true,
      clientId: 'sandboxNaverClient01',
      clientSecret: 'sandboxOne',
    })
    const path = pageOf(provider)
    const issue = `/admin/providers/${provider.publicId}/practice_keys`
    const refused = await admin.submit(await admin.get(path), path, {
      clientId: 'sandboxNaverClient01',
      clientSecret: SECRET,
    })
    assert.equal(refused.status, 422)

    const stale = await admin.get(path)
    await admin.press(path, issue)
    const draft = await ProviderCredential.findByOrFail('status', 'draft')
    assert.equal(draft.revealSecret(), 'sandboxTwo')
    await admin.press(path, activationOf(draft))
    assert.equal((await activeOf(provider)).revealSecret(), 'sandboxTwo')
    assert.isTrue((await provider.refresh()).sandbox)

    const { alerts } = await admin.press(path, issue)
    assert.include(alerts[0], t('rotation.problems.no_practice_key'))
    const [old] = await ProviderCredential.query().where('status', 'retiring')
    await admin.fillIn(revocationOf(old), {})
    assert.equal((await admin.submit(stale, issue, stale.hiddenFields(issue))).status, 409)
    await admin.press(path, issue)
    const again = await ProviderCredential.findByOrFail('status', 'draft')
    assert.equal(again.revealSecret(), 'sandboxOne')
    for (const secret of ['sandboxOne', 'sandboxTwo'])
      assert.notInclude(admin.everythingSeen, secret)
  })

  test('a real provider issues nothing by itself', async ({ assert }) => {
    const provider = await aProvider({ enabled: true, clientId: 'sandboxNaverClient01' })
    const page = await admin.get(pageOf(provider))
    const issue = `/admin/providers/${provider.publicId}/practice_keys`
    assert.notInclude(page.actions, issue)
    await admin.submit(page, issue, { version: page.fieldValue('version')! })
    assert.lengthOf(await ProviderCredential.all(), 1)
  })

  test('a member sees none of it', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const member = await signedInAs('member')
    const home = await member.get('/')
    assert.equal((await member.get(pageOf(provider))).status, 404)
    const fields = { clientId: 'first-client-id', clientSecret: SECRET }
    assert.equal((await member.submit(home, pageOf(provider), fields)).status, 404)
    assert.isNull(await ProviderCredential.findBy('status', 'draft'))
  })
})

test.group('The test of a new key', (group) => {
  const world = withProviders(group)

  for (const driver of DRIVER_NAMES) {
    test(`${driver}: it is checked as it is pasted, and again on the page, which says what to do`, async ({
      assert,
    }) => {
      const admin = await signedInAs('admin')
      const provider = await makeProvider(world.server, driver)
      const path = pageOf(provider)
      const fields = { clientId: `${driver}-client-id`, clientSecret: SECRET }
      await admin.fillIn(path, fields)
      const draft = await ProviderCredential.findByOrFail('status', 'draft')
      const refused = await admin.get(path)
      const found = (result: 'right' | 'wrong') =>
        `${t('trial.section.check')}: ${t(`trial.check_results.${result}`)}`
      assert.include(refused.words, t('rotation.notices.pasted'))
      assert.include(refused.words, found('wrong'))
      assert.include(refused.words, t('diagnoses.todo'))

      world.server[driver].appOf(`${driver}-client-id`)!.clientSecrets.push(SECRET)
      const checks = `/admin/credentials/${draft.publicId}/checks`
      const checked = await admin.submit(refused, checks, refused.hiddenFields(checks))
      assert.equal(checked.location, `${path}#test`)
      assert.include((await admin.get(path)).words, found('right'))
      assert.include(refused.actions, `/admin/credentials/${draft.publicId}/trials`)
      assert.notInclude(admin.everythingSeen, SECRET)
    })
  }
})

test.group('What people really paste', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  const form = 'admin.form.messages'
  for (const [what, fields, complaint] of [
    ['a client id with a space', { clientId: 'first client-id' }, `${form}.clientId.regex`],
    ['a client id with Korean around it', { clientId: 'ID:아이디' }, `${form}.clientId.regex`],
    ['no client id', { clientId: ' ' }, `${form}.clientId.required`],
    ['no secret', { clientSecret: ' ' }, `${form}.clientSecret.required`],
    ['stars', { clientSecret: '**********' }, `${form}.masked`],
    ['full stops', { clientSecret: '..........' }, `${form}.masked`],
    ['dots', { clientSecret: '●●●●●●●●' }, `${form}.masked`],
    ['middle dots', { clientSecret: '········' }, `${form}.masked`],
    ['a secret masked but for its end', { clientSecret: '******7wZq' }, `${form}.masked`],
    ['a secret cut by an ellipsis', { clientSecret: 'Zq3…7w' }, `${form}.masked`],
    ['two lines', { clientSecret: `${SECRET}\n${SECRET}` }, `${form}.whitespace`],
    ['a line break inside', { clientSecret: 'Zq3-vErY\r\nsecret' }, `${form}.whitespace`],
    ['a secret with its name', { clientSecret: `Secret: ${SECRET}` }, `${form}.whitespace`],
    ['a full-width letter', { clientSecret: 'Ｚq3-vErY' }, `${form}.ascii`],
    ['the client id twice', { clientSecret: 'first-client-id' }, `${form}.sameAsClientId`],
    ['the secret in use', { clientSecret: OLD_SECRET }, 'rotation.problems.known_active'],
  ] as const) {
    test(`${what} is told beside the field, and nothing is saved`, async ({ assert }) => {
      const provider = await aProvider({ enabled: true })
      const sent = { clientId: 'first-client-id', clientSecret: SECRET, label: '메모', ...fields }
      const page = await admin.fillIn(pageOf(provider), sent)
      assert.equal(page.status, 422)
      const [field] = Object.keys(fields)
      assert.equal(page.complaint(field), t(complaint))
      assert.equal(page.fieldValue('label'), '메모')
      assert.notInclude(page.text, SECRET)
      assert.lengthOf(await ProviderCredential.all(), 1)
    })
  }

  test('white space around a secret is nothing to complain about', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const page = await admin.fillIn(pageOf(provider), {
      clientId: ' first-client-id\t',
      clientSecret: ` ${SECRET}\r\n`,
    })
    assert.equal(page.status, 303)
    const draft = await ProviderCredential.findByOrFail('status', 'draft')
    assert.equal(draft.revealSecret(), SECRET)
    assert.equal(draft.clientId, 'first-client-id')
  })

  test('Kakao: an empty secret where one is in use, unless it was switched off in the console', async ({
    assert,
  }) => {
    const provider = await aProvider({ key: 'kakao', driver: 'kakao', enabled: true })
    const path = pageOf(provider)
    const refused = await admin.fillIn(path, { clientId: 'first-client-id', clientSecret: '' })
    assert.equal(refused.status, 422)
    assert.equal(refused.complaint('clientSecret'), t('rotation.problems.secret_expected'))

    await admin.fillIn(path, {
      clientId: 'first-client-id',
      clientSecret: '',
      secretSwitchedOff: 'true',
    })
    const draft = await ProviderCredential.findByOrFail('status', 'draft')
    assert.equal(draft.revealSecret(), '')

    /* From then on the one in use has none, and the page asks no more. */
    await admin.press(path, activationOf(draft))
    const page = await admin.get(path)
    assert.isTrue(refused.has('[name=secretSwitchedOff]'))
    assert.isFalse(page.has('[name=secretSwitchedOff]'))
  })

  test('a key that was replaced is rolled back to, not pasted again; one that waits is found', async ({
    assert,
  }) => {
    const provider = await aProvider({ enabled: true })
    await aCredential(provider, { clientSecret: 'a-retired-secret', status: 'retiring' })
    await aCredential(provider, { clientSecret: 'a-waiting-secret' })
    const fields = { clientId: 'first-client-id' }
    const retired = await admin.fillIn(pageOf(provider), {
      ...fields,
      clientSecret: 'a-retired-secret',
    })
    assert.equal(retired.complaint('clientSecret'), t('rotation.problems.known_retiring'))
    const waiting = await admin.fillIn(pageOf(provider), {
      ...fields,
      clientSecret: 'a-waiting-secret',
    })
    assert.equal(waiting.status, 303)
    assert.lengthOf(await ProviderCredential.all(), 3)
  })

  test('the keys of another application, also where the last key in use was revoked', async ({
    assert,
  }) => {
    const provider = await aProvider()
    await someoneCameThrough(provider)
    const another = { clientId: 'another-client-id', clientSecret: SECRET }
    const page = await admin.fillIn(pageOf(provider), another)
    assert.equal(page.complaint('clientId'), t('admin.problems.another_application'))

    const active = await activeOf(provider)
    await active.merge({ activatedAt: now() }).save()
    await admin.fillIn(revocationOf(active), {})
    const create = `/admin/providers/${provider.publicId}/credentials/create`
    const first = await admin.fillIn(create, another)
    assert.equal(first.complaint('clientId'), t('admin.problems.another_application'))
    const same = await admin.fillIn(create, { ...another, clientId: 'first-client-id' })
    assert.equal(same.status, 303)
  })
})

/** How a page says that a key has changed its state. */
const changed = (before: string, after: string) =>
  t('rotation.conflict.changed', {
    before: t(`admin.credential_states.${before}`),
    after: t(`admin.credential_states.${after}`),
  })

test.group('Two administrators at the same keys', (group) => {
  let first: Administrator
  let second: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    first = await signedInAs('admin')
    await User.query().update({ name: '박먼저' })
    second = await signedInAs('admin')
  })

  test('the second to paste is told who did what, and keeps what was typed but the secret', async ({
    assert,
  }) => {
    const provider = await aProvider({ enabled: true })
    const path = pageOf(provider)
    const seen = (await second.get(path)).hiddenFields(path)
    await first.fillIn(path, { clientId: 'first-client-id', clientSecret: 'the-secret-of-first' })

    const fields = { clientId: 'first-client-id', clientSecret: SECRET, label: '두 번째' }
    const page = await second.submit(await second.get(path), path, { ...fields, ...seen })
    assert.equal(page.status, 409)
    const after = t('admin.credential_states.draft')
    assert.include(page.words, `${t('rotation.conflict.added', { after })} · 박먼저 ·`)
    assert.equal(page.fieldValue('label'), '두 번째')
    assert.notInclude(page.text, SECRET)
    assert.lengthOf(await ProviderCredential.all(), 2)

    /* Knowing that, the second may go on. */
    const again = await second.submit(page, path, { ...page.hiddenFields(path), ...fields })
    assert.equal(again.status, 303)
    assert.lengthOf(await ProviderCredential.all(), 3)
  })

  test('the same secret pasted by both is one key, and nobody is bothered', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const path = pageOf(provider)
    const fields = { clientId: 'first-client-id', clientSecret: SECRET }
    const pages = [await first.get(path), await second.get(path)]
    const answers = await Promise.all(
      [first, second].map((one, index) =>
        one.submit(pages[index], path, { ...pages[index].hiddenFields(path), ...fields })
      )
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 303]
    )
    assert.lengthOf(await ProviderCredential.query().where('status', 'draft'), 1)
  })

  test('a key is not taken into use, rolled back to or revoked by a page that is out of date', async ({
    assert,
  }) => {
    const provider = await aProvider({ enabled: true })
    const draft = await aCredential(provider)
    const retiring = await aCredential(provider, { status: 'retiring', clientSecret: 'retired-1' })
    const path = pageOf(provider)
    const rotation = await second.get(path)
    const revocation = await second.get(revocationOf(retiring))

    await first.press(path, activationOf(draft))
    const standing = async () =>
      (await ProviderCredential.query().orderBy('id')).map(({ status }) => status)
    const before = await standing()

    for (const [page, action] of [
      [rotation, activationOf(retiring)],
      [revocation, revocationOf(retiring)],
    ] as const) {
      const answer = await second.submit(page, action, page.hiddenFields(action))
      assert.equal(answer.status, 409)
      assert.include(answer.words, `${changed('draft', 'active')} · 박먼저 ·`)
      assert.include(answer.words, `${changed('active', 'retiring')} · 박먼저 ·`)
    }
    assert.deepEqual(await standing(), before)
  })

  test('what the passing of time or a command changed is said as well', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const draft = await aCredential(provider)
    const page = await second.get(pageOf(provider))
    await draft.revoke()
    await AuditEntry.create({
      via: 'job',
      action: 'credential.revoked',
      subjectType: 'credential',
      subjectId: draft.publicId,
      changes: {},
      createdAt: DateTime.utc(),
    })
    const fields = { clientId: 'first-client-id', clientSecret: SECRET }
    const answer = await second.submit(page, pageOf(provider), {
      ...page.hiddenFields(pageOf(provider)),
      ...fields,
    })
    assert.equal(answer.status, 409)
    const by = t('rotation.conflict.by.job')
    assert.include(answer.words, `${changed('draft', 'revoked')} · ${by} ·`)
  })

  test('a form that says nothing of what it saw changes nothing', async ({ assert }) => {
    const provider = await aProvider()
    const draft = await aCredential(provider)
    const page = await first.get(pageOf(provider))
    for (const version of ['', 'x', `${draft.publicId}:draft`, '<b>:<i>']) {
      for (const action of [activationOf(draft), revocationOf(draft)]) {
        const answer = await first.submit(page, action, { version })
        assert.equal(answer.status, 409)
        assert.notInclude(answer.text, '<i>')
      }
    }
    assert.equal((await draft.refresh()).status, 'draft')
  })
})

test.group('The end of the key in use', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  test('where it is on, the page leads to the rotation, or switches off and revokes', async ({
    assert,
  }) => {
    const provider = await aProvider({ enabled: true })
    const active = await activeOf(provider)
    const page = await admin.get(revocationOf(active))
    assert.include(page.links, pageOf(provider))
    assert.include(page.words, t('rotation.revocation.switch_off'))

    assert.equal((await admin.fillIn(revocationOf(active), {})).status, 303)
    await provider.refresh()
    assert.isFalse(provider.enabled)
    assert.isNull(provider.activeCredentialId)
    await active.refresh()
    assert.equal(active.status, 'revoked')
    assert.isNull(active.clientSecret)
    assert.deepEqual(
      (await AuditEntry.query().orderBy('id')).map(({ action }) => action),
      ['provider.disabled', 'credential.revoked']
    )
  })

  test('where it was switched off meanwhile, nothing is switched', async ({ assert }) => {
    const provider = await aProvider({ enabled: true })
    const active = await activeOf(provider)
    const page = await admin.get(revocationOf(active))
    await provider.merge({ enabled: false }).save()
    await admin.submit(page, revocationOf(active), page.hiddenFields(revocationOf(active)))
    assert.deepEqual(
      (await AuditEntry.all()).map(({ action }) => action),
      ['credential.revoked']
    )
  })
})
