import { test } from '@japa/runner'
import { appUrl } from '#config/app'
import AuditEntry from '#models/audit_entry'
import type Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import SetUpTick from '#models/set_up_tick'
import { DRIVERS } from '#protocol/drivers'
import { NaverDriver } from '#protocol/drivers/naver'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { aProvider } from '#tests/support/providers'
import { t } from '#tests/support/texts'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const page = ({ publicId }: Provider) => `/admin/providers/${publicId}`

type State = 'ok' | 'todo' | 'warning' | 'error'

/** A line of the guide: how something is, and what. */
const line = (state: State, title: string) =>
  `${t(`guide.states.${state}`)}: ${t(`guide.${title}.title`)}`

const UNFOLDED = '.guide details[open]'

test.group('The set-up guide', (group) => {
  const world = withProviders(group)
  let admin: Administrator
  group.each.setup(async () => {
    admin = await signedInAs('admin')
  })

  for (const driver of ['kakao', 'naver']) {
    for (const language of ['ko', 'en']) {
      test(`of ${driver} in ${language} has the addresses to register and every step`, async ({
        assert,
      }) => {
        const provider = await aProvider({ key: `my-${driver}`, driver })
        const reader = await signedInAs('admin', language)
        const shown = await reader.get(page(provider))
        const toCopy = shown.wordsOf('textarea')
        assert.include(toCopy, `${appUrl}/user/login/social/my-${driver}/callback/`)
        assert.include(toCopy, `${appUrl}/webhooks/my-${driver}/unlinked`)
        assert.equal(toCopy.includes(appUrl), driver === 'naver')
        for (const { name } of DRIVERS[driver].console!.steps) {
          assert.include(shown.actions, `${page(provider)}/steps/${name}`)
        }
        assert.include(shown.links, DRIVERS[driver].console!.url)
        assert.isTrue(shown.has(UNFOLDED))
      })
    }
  }

  test('checks by itself what it can', async ({ assert }) => {
    const provider = await aProvider({ driver: 'kakao', key: 'kakao' })
    await provider.merge({ scopes: ['friends'], emailPolicy: 'trusted' }).save()
    const { words } = await admin.get(page(provider))
    for (const finding of [
      line('ok', 'checks.address_local'),
      line('ok', 'checks.reached_as_expected'),
      line('ok', 'checks.keys_complete'),
      line('warning', 'checks.admin_key_missing'),
      line('warning', 'checks.scopes_must_be_set_up'),
      line('warning', 'checks.email_trusted'),
      line('todo', 'checks.switched_off'),
      line('todo', 'checks.never_succeeded'),
    ]) {
      assert.include(words, finding)
    }
  })

  test('tells keys that are missing, without a secret or unreadable', async ({ assert }) => {
    const provider = await aProvider({ driver: 'kakao', key: 'kakao' })
    const credential = await ProviderCredential.firstOrFail()
    await credential.merge({ clientSecret: 'sealed by nobody' }).save()
    const words = async () => (await admin.get(page(provider))).words
    assert.include(await words(), line('error', 'checks.keys_unreadable'))
    await credential.merge({ clientSecret: null }).save()
    assert.include(await words(), line('warning', 'checks.keys_without_secret'))
    await provider.merge({ activeCredentialId: null }).save()
    assert.include(await words(), line('todo', 'checks.keys_none'))
  })

  test('tells when the page was reached otherwise than APP_URL says', async ({ assert }) => {
    const provider = await aProvider()
    const { port } = new URL(appUrl)
    const seen = `http://127.0.0.1:${port}`
    const elsewhere = await admin.get(`${seen}${page(provider)}?canonical=1`)
    const why = t('guide.checks.host_differs.text', { seen, url: appUrl })
    assert.include(elsewhere.words, `${line('warning', 'checks.host_differs')} ${why}`)

    const proxied = await admin.get(page(provider), {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'login.example.com',
    })
    assert.include(proxied.words, line('ok', 'checks.reached_as_expected'))
    const both = await admin.get(`${seen}${page(provider)}?canonical=1`, {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'login.example.com',
    })
    assert.include(both.words, line('warning', 'checks.proxy_untrusted'))
    assert.notInclude(both.text, 'login.example.com')
  })

  test('has a step ticked off, remembers by whom, and takes it back', async ({ assert }) => {
    const provider = await aProvider()
    const path = page(provider)
    const done = await admin.press(path, `${path}/steps/review`)
    assert.include(done.words, t('guide.ticked_by', { name: '김관리' }))
    await admin.press(path, `${path}/steps/review`)
    assert.lengthOf(await SetUpTick.all(), 1)

    await admin.press(path, `${path}/steps/review/undo`)
    assert.isEmpty(await SetUpTick.all())
    assert.deepEqual(
      (await AuditEntry.query().orderBy('id')).map(({ changes }) => changes),
      [{ review: { before: false, after: true } }, { review: { before: true, after: false } }]
    )
    for (const step of ['login_on', 'nothing', '..%2f']) {
      const answer = await admin.submit(done, `${path}/steps/${step}`)
      assert.equal(answer.status, 404, step)
    }
    assert.isEmpty(await SetUpTick.all())
  })

  test('is folded away once a sign-in has shown that it works and the rest is ticked', async ({
    assert,
  }) => {
    const provider = await makeProvider(world.server, 'naver', { requiredFields: [] })
    await signInWith(world.server, new Visitor(), 'naver')
    const after = await admin.get(page(provider))
    assert.include(after.words, line('ok', 'checks.succeeded'))
    assert.isTrue(after.has(UNFOLDED))
    for (const { name } of NaverDriver.console.steps) {
      await admin.submit(after, `${page(provider)}/steps/${name}`)
    }
    const folded = await admin.get(page(provider))
    assert.include(folded.words, t('guide.done'))
    assert.isFalse(folded.has(UNFOLDED))
  })

  test('takes a sign-in that succeeded as proof of what it needs', async ({ assert }) => {
    const provider = await makeProvider(world.server, 'kakao')
    const before = await admin.get(page(provider))
    assert.include(before.words, line('todo', 'steps.kakao.redirect_uri'))
    await signInWith(world.server, new Visitor(), 'kakao')
    const after = await admin.get(page(provider))
    assert.include(after.words, line('ok', 'steps.kakao.redirect_uri'))
    assert.include(after.words, line('todo', 'steps.kakao.business_app'))
  })

  test('asks for a business app only where e-mail is required', async ({ assert }) => {
    const provider = await aProvider({ driver: 'kakao', key: 'kakao' })
    await provider.merge({ requiredFields: ['name'] }).save()
    const { actions } = await admin.get(page(provider))
    assert.notInclude(actions, `${page(provider)}/steps/business_app`)
    assert.include(actions, `${page(provider)}/steps/consent_items`)
  })

  test('has nothing to register for a practice provider', async ({ assert }) => {
    const provider = await aProvider({ sandbox: true })
    const shown = await admin.get(page(provider))
    assert.isFalse(shown.has('[action*="/steps/"]'))
    assert.include(shown.wordsOf('textarea').join(), '/callback/')
  })
})
