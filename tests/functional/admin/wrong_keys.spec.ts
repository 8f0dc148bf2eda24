import { test } from '@japa/runner'
import { now, sqlTime } from '#time/clock'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { aCredential, aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const [ENABLE, USE] = ['admin.wrong_key.enable', 'admin.wrong_key.use']

test.group('Keys that the provider said are wrong', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  const activeOf = async ({ id }: Provider) => (await Provider.findOrFail(id)).activeCredentialId

  /** Presses a button that was on the page before the check, then the one that is there now. */
  async function pressTwice(path: string, action: string, fields: Record<string, string> = {}) {
    const page = await admin.get(path)
    const unasked = await admin.submit(page, action, fields)
    const asked = await admin.get(unasked.location)
    return { asked, press: () => admin.submit(asked, action, asked.hiddenFields(action)) }
  }

  test('switch no provider on before somebody has been asked', async ({ assert }) => {
    const provider = await aProvider({ driver: 'kakao' })
    const credential = await ProviderCredential.firstOrFail()
    const path = `/admin/providers/${provider.publicId}`
    assert.notInclude((await admin.get(path)).words, t(ENABLE))

    await credential.noteCheck('client_unknown', 'KOE101')
    const { asked, press } = await pressTwice(path, `${path}/activation`)
    assert.include(asked.alerts.join(), t('admin.problems.found_wrong'))
    assert.include(asked.words, t(ENABLE))
    assert.isFalse((await provider.refresh()).enabled)

    await press()
    assert.isTrue((await provider.refresh()).enabled)
  })

  for (const status of ['draft', 'retiring'] as const) {
    test(`are not put to use from ${status} before somebody has been asked`, async ({ assert }) => {
      const provider = await aProvider({ driver: 'kakao', enabled: true })
      const before = await activeOf(provider)
      const credential = await aCredential(provider, { status })
      await credential.noteCheck('secret_refused', 'KOE010')
      const path = `/admin/providers/${provider.publicId}`
      await provider.load('credentials')
      const action = `/admin/credentials/${credential.publicId}/activation`
      const { asked, press } = await pressTwice(path, action, { version: provider.keysVersion })
      assert.include(asked.words, t(USE))
      assert.equal(await activeOf(provider), before)

      const done = await press()
      assert.equal(done.status, 303)
      assert.equal(await activeOf(provider), credential.id)
    })
  }

  test('are asked about on the page of a rotation too', async ({ assert }) => {
    const provider = await aProvider({ driver: 'kakao', enabled: true })
    const [draft, retiring] = [
      await aCredential(provider),
      await aCredential(provider, { status: 'retiring', clientSecret: 'the-one-before-it' }),
    ]
    const path = `/admin/providers/${provider.publicId}/rotation`
    assert.notInclude((await admin.get(path)).words, t(USE))
    for (const one of [draft, retiring]) await one.noteCheck('client_unknown', 'KOE101')

    const page = await admin.get(path)
    assert.lengthOf(page.words.split(t(USE)), 3)
    assert.isTrue(page.has('[name=despite_check]'))
    const action = `/admin/credentials/${draft.publicId}/activation`
    const ticked = { ...page.hiddenFields(action), despite_check: 'true', grace: '1h' }
    await admin.submit(page, action, ticked)
    assert.equal(await activeOf(provider), draft.id)
  })

  test('are nothing to ask about once somebody came in with them, or a check went otherwise', async ({
    assert,
  }) => {
    const provider = await aProvider({ driver: 'kakao' })
    const credential = await ProviderCredential.firstOrFail()
    const path = `/admin/providers/${provider.publicId}`
    await credential.noteCheck('client_unknown', 'KOE101')
    await credential.merge({ lastUsedAt: now().plus({ minutes: 1 }) }).save()
    assert.notInclude((await admin.get(path)).words, t(ENABLE))

    await ProviderCredential.query().update({ lastUsedAt: sqlTime(now().minus({ hours: 1 })) })
    assert.include((await admin.get(path)).words, t(ENABLE))
    for (const result of ['ok', 'provider_timeout'] as const) {
      await credential.noteCheck(result, null)
      assert.notInclude((await admin.get(path)).words, t(ENABLE))
    }
  })
})

test.group('Two keys of one client', (group) => {
  const world = withProviders(group)

  test('are told apart wherever one is named, by their notes or the ends of their secrets', async ({
    assert,
  }) => {
    const admin = await signedInAs('admin')
    const provider = await makeProvider(world.server, 'kakao', { requiredFields: [] })
    const clientId = 'kakao-client-id'
    const active = await ProviderCredential.firstOrFail()
    const draft = await aCredential(provider, { clientId, clientSecret: 'the-next-secret-xy' })
    const noted = await aCredential(provider, { clientId, clientSecret: 'the-third-secret' })
    await noted.merge({ label: '6월 재발급' }).save()
    const marks = [`…${active.secretTail}`, '…xy', '6월 재발급']

    await signInWith(world.server, new Visitor(), 'kakao')
    const path = `/admin/providers/${provider.publicId}`
    const page = await admin.get(path)
    const [trials] = page.wordsOf('#trials')
    for (const mark of marks) assert.include(trials, mark)
    for (const one of [draft, noted]) {
      await admin.fillIn(`/admin/credentials/${one.publicId}/revocation`, {})
    }
    for (const where of [`${path}/health`, '/admin/audit']) {
      const { words } = await admin.get(where)
      for (const mark of where.endsWith('audit') ? marks.slice(1) : marks.slice(0, 1)) {
        assert.match(words, new RegExp(`${clientId}( ·)? ${mark}`), where)
      }
    }
    const list = await admin.get('/admin/sign_ins')
    const signIn = list.links.find((link) => link.startsWith('/admin/sign_ins/'))!
    assert.include((await admin.get(signIn)).words, `${clientId} ${marks[0]}`)
  })
})
