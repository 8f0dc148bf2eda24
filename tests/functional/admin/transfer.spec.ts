import { test, timeTravel } from '@japa/runner'
import db from '@adonisjs/lucid/services/db'
import AuditEntry from '#models/audit_entry'
import Identity from '#models/identity'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import Client from '#models/oidc/client'
import Document from '#models/site/document'
import User from '#models/user'
import UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { letProofsAge } from '#tests/support/people/member'
import { aProvider } from '#tests/support/providers'
import { aDocument, renew } from '#tests/support/sites/documents'
import { aSite } from '#tests/support/sites/site'
import { t } from '#tests/support/texts'
import type { Page } from '#tests/support/visitor'
import { clientRecords } from '#transfer/clients'
import { documentRecords } from '#transfer/documents'
import { ChangeSite } from '#actions/site/change_site'
import { commandActor } from '#audit/actor'
import Site, { type SiteSettings } from '#models/site/site'

const PAGE = '/admin/transfer'
const PASSPHRASE = 'seven quiet herons'
const SECRETS = ['naver-secret-value-1', 'kakao-secret-value-2', 'kakao-admin-key-3']

/** Two providers with everything that can be set, and one that has no keys yet. */
async function furnish() {
  const naver = await aProvider({ clientId: 'naver-id', clientSecret: SECRETS[0], enabled: true })
  await naver
    .merge({ hidden: true, scopes: ['a', 'b'], emailPolicy: 'own_domain', syncProfile: 'first' })
    .merge({ onUnlink: 'suspend' })
    .save()
  const kakao = await aProvider({
    key: 'kakao-shop',
    driver: 'kakao',
    clientId: 'kakao-id',
    clientSecret: SECRETS[1],
  })
  kakao.keepAdminKey(SECRETS[2])
  await kakao.merge({ requiredFields: [], allowSignUp: false, label: '가게 "카카오" <b>' }).save()
  const bare = await aProvider({ key: 'bare', driver: 'kakao' })
  await bare.merge({ activeCredentialId: null, position: 0 }).save()
  await ProviderCredential.query().where('providerId', bare.id).delete()
}

async function emptyProviders() {
  await db.from('providers').update({ active_credential_id: null })
  for (const table of ['identities', 'provider_credentials', 'providers']) {
    await db.from(table).delete()
  }
}

/** Everything that a file carries, of all rows. */
async function everything() {
  const providers = await Provider.query()
    .withScopes((scopes) => scopes.inOrder())
    .preload('activeCredential')
  return providers.map((provider) => ({
    key: provider.key,
    driver: provider.driver,
    enabled: provider.enabled,
    onUnlink: provider.onUnlink,
    ...provider.settings,
    clientId: provider.activeCredential?.clientId,
    secret: provider.activeCredential?.revealSecret(),
    adminKey: provider.revealAdminKeys()[0],
  }))
}

/** How a plan says that a setting would change. */
const change = (field: string, before: string, after: string) =>
  [
    t(`provider.settings.${field}`),
    t('transfer.plan.before'),
    before,
    '→',
    t('transfer.plan.after'),
    after,
  ].join(' ')

test.group('Export and import of providers', (group) => {
  let admin: Administrator
  group.each.timeout(60_000)
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  async function download(fields: Record<string, string> = {}): Promise<Page> {
    return admin.submit(await admin.get(PAGE), `${PAGE}/export`, fields)
  }

  const withSecrets = () =>
    download({ withSecrets: 'true', passphrase: PASSPHRASE, passphraseAgain: PASSPHRASE })

  async function dryRun(file: string, fields: Record<string, string> = {}): Promise<Page> {
    return admin.submit(await admin.get(PAGE), `${PAGE}/import`, { file, ...fields })
  }

  const apply = (plan: Page, fields: Record<string, string> = {}) =>
    admin.submit(plan, `${PAGE}/import/apply`, { plan: plan.fieldValue('plan') ?? '', ...fields })

  test('there and back: with their secrets, everything is as it was', async ({ assert }) => {
    await furnish()
    const before = await everything()
    const file = await withSecrets()
    assert.equal(file.status, 200)
    assert.match(
      file.headers.get('content-disposition')!,
      /^attachment; filename="daemun-providers-\d{4}-\d\d-\d\d\.json"$/
    )
    assert.equal(file.headers.get('cache-control'), 'no-store')

    await emptyProviders()
    const plan = await dryRun(file.text, { passphrase: PASSPHRASE })
    assert.equal(plan.status, 200)
    assert.include(plan.words, t('transfer.plan.kinds.create'))
    assert.isEmpty(await Provider.all(), 'a dry run writes nothing')
    assert.equal((await apply(plan)).location, '/admin/providers')
    assert.deepEqual(await everything(), before)

    const again = await dryRun(file.text, { passphrase: PASSPHRASE })
    assert.include(again.statuses, t('transfer.plan.empty'))
    assert.notInclude(again.actions, `${PAGE}/import/apply`)
  })

  test('without their secrets the settings come back, switched off', async ({ assert }) => {
    await furnish()
    const before = await everything()
    const file = await download()
    assert.notInclude(file.text, 'secrets')
    assert.notInclude(file.text, 'naver-id')

    await emptyProviders()
    const plan = await dryRun(file.text)
    assert.include(plan.words, t('transfer.plan.stays_off'))
    await apply(plan)
    assert.deepEqual(
      await everything(),
      before.map((one) => ({
        ...one,
        enabled: false,
        clientId: undefined,
        secret: undefined,
        adminKey: undefined,
      }))
    )
  })

  test('no secret is in the file, on a page, in the audit or in the session', async ({
    assert,
  }) => {
    await furnish()
    const file = await withSecrets()
    await emptyProviders()
    await apply(await dryRun(file.text, { passphrase: PASSPHRASE }))
    const stored = JSON.stringify(await db.from('audit_entries'))
    for (const secret of [...SECRETS, PASSPHRASE]) {
      assert.notInclude(admin.everythingSeen, secret)
      assert.notInclude(admin.everythingSeen, Buffer.from(secret).toString('base64url'))
      assert.notInclude(stored, secret)
    }
    const actions = (await AuditEntry.query().orderBy('id')).map(({ action }) => action)
    assert.includeMembers(actions, [
      'providers.exported',
      'provider.created',
      'provider.enabled',
      'providers.imported',
    ])
  })

  test('shows field by field what would change, and changes that alone', async ({ assert }) => {
    await furnish()
    const file = JSON.parse((await download()).text)
    const naver = file.providers.find(({ key }: { key: string }) => key === 'naver')
    naver.settings.label = '초록 <i>'
    naver.settings.emailPolicy = 'trusted'
    naver.enabled = false
    file.providers = [naver]

    const before = await everything()
    const plan = await dryRun(JSON.stringify(file))
    const policies = ['own_domain', 'trusted'].map((one) => t(`admin.email_policies.${one}`))
    assert.include(plan.words, change('label', 'naver', '초록 <i>'))
    assert.include(plan.words, change('emailPolicy', policies[0], policies[1]))
    assert.include(plan.words, change('enabled', t('admin.show.yes'), t('admin.show.no')))
    assert.notInclude(plan.words, t('provider.settings.syncProfile'))
    assert.notInclude(plan.text, '<i>')
    assert.include(plan.words, `${t('transfer.plan.untouched')} bare, kakao-shop`)

    await apply(plan)
    const changes = { label: '초록 <i>', emailPolicy: 'trusted', enabled: false }
    assert.deepEqual(
      await everything(),
      before.map((one) => (one.key === 'naver' ? { ...one, ...changes } : one))
    )
  })

  test('documents come along, in the version in force; one with another text gets a version more', async ({
    assert,
  }) => {
    await furnish()
    const terms = await aDocument('terms')
    const url = 'https://moon.example/privacy'
    await aDocument('privacy', { required: false, titleEn: 'Privacy' }, { url, text: null })
    const before = await documentRecords()
    const file = await download()
    await renew(terms, '그사이 고친 본문')
    await db.from('document_versions').whereNot('document_id', terms.id).delete()
    await db.from('documents').whereNot('id', terms.id).delete()

    await apply(await dryRun(file.text))
    assert.deepEqual(await documentRecords(), before)
    const { present } = await Document.inOrder().where('id', terms.id).firstOrFail()
    assert.equal(present.number, 3)

    const wrong = JSON.parse(file.text)
    wrong.documents[1].contents.url = 'javascript:alert(1)'
    assert.equal((await dryRun(JSON.stringify(wrong))).status, 422)
    wrong.documents[1].contents.url = null
    assert.equal((await dryRun(JSON.stringify(wrong))).status, 422)
  })

  test('the name, the look and the switches of the site come along', async ({ assert }) => {
    await furnish()
    const settings = { name: '달빛책방', color: '#aa0033', board: false }
    const decide = (wish: Partial<SiteSettings>) =>
      new ChangeSite().handle({ settings: wish, actor: commandActor() })
    await decide(settings)
    const file = await download()
    await decide({ name: '그사이', color: null, board: true })

    const plan = await dryRun(file.text)
    assert.include(plan.words, t('site.fields.color'))
    await apply(plan)
    assert.containSubset((await Site.present()).settings, settings)
    assert.include((await dryRun(file.text)).statuses, t('transfer.plan.empty'))

    for (const damage of [{ color: '#ffffff' }, { homeUrl: 'javascript:alert(1)' }, { board: 1 }]) {
      const wrong = JSON.parse(file.text)
      Object.assign(wrong.identity, damage)
      assert.equal((await dryRun(JSON.stringify(wrong))).status, 422)
    }
  })

  test('a consent item that the provider is not known to have is pointed out before', async ({
    assert,
  }) => {
    await furnish()
    const file = JSON.parse((await download()).text)
    const unchanged = await dryRun(JSON.stringify(file))
    const told = t('transfer.plan.unknown_scopes', { scopes: 'emali' })
    assert.notInclude(unchanged.words, told)
    const kakao = file.providers.find(({ key }: { key: string }) => key === 'kakao-shop')
    kakao.settings.scopes = ['account_email', 'emali']
    const plan = await dryRun(JSON.stringify(file))
    assert.include(plan.words, told)
    await apply(plan)
    const { scopes } = await Provider.findByOrFail('key', 'kakao-shop')
    assert.deepEqual(scopes, ['account_email', 'emali'])
  })

  test('what follows an ended link is shown and changed like everything else', async ({
    assert,
  }) => {
    await furnish()
    const file = JSON.parse((await download()).text)
    const chosen = Object.fromEntries(
      file.providers.map(({ key, onUnlink }: Record<string, string>) => [key, onUnlink])
    )
    assert.deepEqual(chosen, { 'bare': 'nothing', 'naver': 'suspend', 'kakao-shop': 'nothing' })

    for (const one of file.providers) one.onUnlink = 'withdraw'
    const plan = await dryRun(JSON.stringify(file))
    for (const one of ['suspend', 'nothing']) {
      const [before, after] = [one, 'withdraw'].map((what) => t(`notices.on_unlink.${what}`))
      assert.include(plan.words, change('onUnlink', before, after))
    }
    assert.equal((await Provider.findByOrFail('key', 'naver')).onUnlink, 'suspend')

    const before = await everything()
    await apply(plan)
    const after = before.map((one) => ({ ...one, onUnlink: 'withdraw' }))
    assert.deepEqual(await everything(), after)
    const changes = (await AuditEntry.query().where('action', 'provider.changed')).map(
      (entry) => entry.changes
    )
    assert.deepInclude(changes, { onUnlink: { before: 'suspend', after: 'withdraw' } })
    assert.lengthOf(changes, 3, 'and nothing else is written down')
  })

  test('chosen anew meanwhile, it makes a plan old', async ({ assert }) => {
    await furnish()
    const file = JSON.parse((await download()).text)
    for (const one of file.providers) one.onUnlink = 'nothing'
    const plan = await dryRun(JSON.stringify(file))
    await Provider.query().where('key', 'naver').update({ onUnlink: 'withdraw' })
    const refused = await apply(plan)
    assert.equal(refused.status, 409)
    const [before, after] = ['withdraw', 'nothing'].map((what) => t(`notices.on_unlink.${what}`))
    assert.include(refused.words, change('onUnlink', before, after))
    assert.equal((await Provider.findByOrFail('key', 'naver')).onUnlink, 'withdraw')
  })

  test('a file of before that could be chosen keeps what is chosen here', async ({ assert }) => {
    await furnish()
    const file = JSON.parse((await download()).text)
    for (const one of file.providers) delete one.onUnlink
    const same = await dryRun(JSON.stringify(file))
    assert.include(same.statuses, t('transfer.plan.empty'))

    for (const one of file.providers) one.settings.label += '!'
    await apply(await dryRun(JSON.stringify(file)))
    const naver = await Provider.findByOrFail('key', 'naver')
    assert.equal(naver.label, 'naver!')
    assert.equal(naver.onUnlink, 'suspend')

    await emptyProviders()
    await apply(await dryRun(JSON.stringify(file)))
    assert.equal((await Provider.findByOrFail('key', 'naver')).onUnlink, 'nothing')
  })

  test('a changed secret becomes a new credential; the old one retires', async ({ assert }) => {
    await furnish()
    const file = await withSecrets()
    const naver = await Provider.findByOrFail('key', 'naver')
    const credential = await ProviderCredential.findOrFail(naver.activeCredentialId)
    credential.keepSecret('a-later-secret-value')
    await credential.save()

    const plan = await dryRun(file.text, { passphrase: PASSPHRASE })
    const named = t('provider.settings.clientSecret')
    assert.include(plan.words, `${named} ${t('transfer.plan.secret_changed')}`)
    await apply(plan)
    await naver.refresh()
    const active = await ProviderCredential.findOrFail(naver.activeCredentialId)
    assert.equal(active.revealSecret(), SECRETS[0])
    assert.equal((await ProviderCredential.findOrFail(credential.id)).status, 'retiring')
  })

  test('puts the order right', async ({ assert }) => {
    await furnish()
    const file = JSON.parse((await download()).text)
    file.providers.reverse()
    const plan = await dryRun(JSON.stringify(file))
    assert.include(plan.words, 'bare, naver, kakao-shop')
    await apply(plan)
    assert.deepEqual(
      (await everything()).map(({ key }) => key),
      ['kakao-shop', 'naver', 'bare']
    )
  })

  for (const [what, passphrase, again, field, rule] of [
    ['no passphrase', '', '', 'export-passphrase', 'passphrase.required'],
    ['a short passphrase', 'elevenchars', 'elevenchars', 'export-passphrase', 'minLength'],
    ['another again', PASSPHRASE, `${PASSPHRASE}s`, 'passphraseAgain', 'passphraseAgain.sameAs'],
    ['none again', PASSPHRASE, '', 'passphraseAgain', 'passphraseAgain.required'],
  ]) {
    test(`secrets leave under a passphrase alone: ${what} is refused`, async ({ assert }) => {
      await furnish()
      const page = await download({ withSecrets: 'true', passphrase, passphraseAgain: again })
      assert.equal(page.status, 422)
      assert.equal(page.complaint(field), t(`admin.form.messages.${rule}`, { min: 12 }))
      assert.isNull(await AuditEntry.findBy('action', 'providers.exported'))
    })
  }

  test('secrets that cannot be read are not exported, and that is said', async ({ assert }) => {
    await furnish()
    await ProviderCredential.query().update({ clientSecret: 'sealed by nobody' })
    const page = await withSecrets()
    assert.equal(page.status, 422)
    assert.include(page.alerts[0], t('admin.problems.secrets_key'))
  })

  for (const [what, alter, problem, values] of [
    ['text that is no JSON', () => 'not json', 'not_json'],
    ['JSON that is no object', () => '"text"', 'not_json'],
    ['null', () => 'null', 'not_json'],
    ['a list', () => '[]', 'not_ours'],
    ['another file', () => '{"name":"daemun"}', 'not_ours'],
    ['a later version', (file) => ({ ...file, version: 2 }), 'version', { version: 2 }],
    ['a version that is text', (file) => ({ ...file, version: '1' }), 'version', { version: 1 }],
    [
      'no providers',
      (file) => ({ ...file, providers: undefined }),
      'invalid',
      { fields: 'providers' },
    ],
    [
      'an unknown driver',
      (file) => edit(file, { driver: 'constructor' }),
      'unknown_driver',
      { key: 'bare', driver: 'constructor' },
    ],
    ['a bad key', (file) => edit(file, { key: '../x' }), 'invalid', { fields: 'providers.0.key' }],
    [
      'a setting that is missing',
      (file) => edit(file, { settings: { ...file.providers[0].settings, hidden: undefined } }),
      'invalid',
      { fields: 'providers.0.settings.hidden' },
    ],
    [
      'an unknown policy',
      (file) => edit(file, { settings: { ...file.providers[0].settings, emailPolicy: 'all' } }),
      'invalid',
      { fields: 'providers.0.settings.emailPolicy' },
    ],
    [
      'an unknown consequence of an ended link',
      (file) => edit(file, { onUnlink: 'delete' }),
      'invalid',
      { fields: 'providers.0.onUnlink' },
    ],
    [
      'a key twice',
      (file) => ({ ...file, providers: [file.providers[0], file.providers[0]] }),
      'duplicate_key',
      { key: 'bare' },
    ],
  ] as [string, (file: any) => unknown, string, Record<string, string | number>?][]) {
    test(`${what} is refused beside the field, and nothing changes`, async ({ assert }) => {
      await furnish()
      const before = await everything()
      const altered = alter(JSON.parse((await download()).text))
      const text = typeof altered === 'string' ? altered : JSON.stringify(altered)
      const page = await dryRun(text)
      assert.equal(page.status, 422)
      assert.equal(page.complaint('file'), t(`transfer.problems.${problem}`, values))
      assert.deepEqual(await everything(), before)
    })
  }

  test('a file that is too big is refused', async ({ assert }) => {
    const page = await dryRun('x'.repeat(100_001))
    assert.equal(page.status, 422)
    const tooBig = t('admin.form.messages.file.maxLength', { max: 100_000 })
    assert.equal(page.complaint('file'), tooBig)
    assert.equal((await dryRun('x'.repeat(600_000))).status, 413)
  })

  test('a wrong passphrase and none are told from a file that was altered', async ({ assert }) => {
    await furnish()
    const { text } = await withSecrets()
    const said = async (file: string, passphrase: string, id = 'import-passphrase') => {
      const page = await dryRun(file, { passphrase })
      assert.equal(page.status, 422)
      assert.notInclude(page.text, PASSPHRASE)
      return page.complaint(id)
    }
    assert.equal(await said(text, ''), t('transfer.problems.passphrase_missing'))
    assert.equal(await said(text, 'seven quiet heron'), t('transfer.problems.wrong_passphrase'))

    const file = JSON.parse(text)
    const { sealed } = file.secrets
    for (const altered of [
      edit(file, { enabled: !file.providers[0].enabled }),
      { ...file, site: 'https://evil.example' },
      { ...file, providers: file.providers.slice(1) },
      { ...file, extra: true },
      {
        ...file,
        secrets: { ...file.secrets, sealed: `${sealed[0] === 'A' ? 'B' : 'A'}${sealed.slice(1)}` },
      },
    ]) {
      const told = await said(JSON.stringify(altered), PASSPHRASE, 'file')
      assert.equal(told, t('transfer.problems.tampered'))
    }
    const respaced = await dryRun(JSON.stringify(file), { passphrase: PASSPHRASE })
    assert.equal(respaced.status, 200, 'line breaks may get lost on the way')
  })

  test('what changed meanwhile is not overwritten: 409, and the plan of now', async ({
    assert,
  }) => {
    await furnish()
    const file = await withSecrets()
    const naver = await Provider.findByOrFail('key', 'naver')
    await naver.merge({ label: '바뀜' }).save()
    const plan = await dryRun(file.text, { passphrase: PASSPHRASE })
    await naver.merge({ label: '또 바뀜' }).save()

    const refused = await apply(plan)
    assert.equal(refused.status, 409)
    assert.include(refused.alerts[0], t('transfer.problems.stale'))
    assert.include(refused.words, change('label', '또 바뀜', 'naver'))
    assert.equal((await Provider.findOrFail(naver.id)).label, '또 바뀜')
    assert.equal((await apply(refused)).status, 303)
    assert.equal((await Provider.findOrFail(naver.id)).label, 'naver')
  })

  for (const [what, alter] of [
    [
      'another key in use',
      async (kakao: Provider) => {
        const { id } = await ProviderCredential.create({
          providerId: kakao.id,
          clientId: 'kakao-id-2',
          status: 'active',
        })
        await kakao.merge({ activeCredentialId: id }).save()
      },
    ],
    [
      'another admin key',
      async (kakao: Provider) => {
        kakao.keepAdminKey('something-else')
        await kakao.save()
      },
    ],
    ['a provider more', () => aProvider({ key: 'new' })],
    ['a provider less', (kakao: Provider) => kakao.delete()],
  ] as [string, (kakao: Provider) => Promise<unknown>][]) {
    test(`${what} makes a plan old`, async ({ assert }) => {
      await furnish()
      const file = JSON.parse((await download()).text)
      const renamed = edit(file, {
        settings: { ...file.providers[0].settings, label: '새 이름' },
      })
      const plan = await dryRun(JSON.stringify(renamed))
      await alter(await Provider.findByOrFail('key', 'kakao-shop'))
      assert.equal((await apply(plan)).status, 409)
      assert.isNull(await Provider.findBy('label', '새 이름'))
    })
  }

  test('two presses at once carry it out once', async ({ assert }) => {
    await furnish()
    const file = await withSecrets()
    await emptyProviders()
    const plan = await dryRun(file.text, { passphrase: PASSPHRASE })
    const answers = await Promise.all([apply(plan), apply(plan)])
    assert.sameMembers(
      answers.map(({ status }) => status),
      [303, 409]
    )
    assert.lengthOf(await Provider.all(), 3)
  })

  test('a plan is of one sign-in, of ten minutes, and of nobody who alters it', async ({
    assert,
  }) => {
    await furnish()
    const { text } = await download()
    await emptyProviders()
    const plan = await dryRun(text)
    const packed = plan.fieldValue('plan')!

    const other = await signedInAs('admin')
    const theirs = await other.submit(await other.get(PAGE), `${PAGE}/import/apply`, {
      plan: packed,
    })
    assert.equal(theirs.status, 422)
    assert.include(theirs.alerts[0], t('transfer.problems.approval_gone'))
    for (const altered of ['', 'x', `${packed.slice(0, -3)}AAA`]) {
      assert.equal((await apply(plan, { plan: altered })).status, 422)
    }

    timeTravel('10 minutes')
    await UserSession.query().update({ authenticatedAt: sqlTime(now()) })
    assert.equal((await apply(plan)).status, 422)
    assert.isEmpty(await Provider.all())

    timeTravel('-10 minutes')
    assert.equal((await apply(plan)).status, 303)
  })

  test('a practice provider gives way only where that was ticked', async ({ assert }) => {
    await furnish()
    const file = await withSecrets()
    await emptyProviders()
    const practice = await aProvider({ sandbox: true, enabled: true })
    const person = await User.create({ name: '연습' })
    await Identity.create({
      userId: person.id,
      providerId: practice.id,
      subject: '1',
      scopes: [],
      linkedAt: now(),
    })

    const plan = await dryRun(file.text, { passphrase: PASSPHRASE })
    assert.include(plan.words, t('transfer.plan.kinds.replace_sandbox'))
    const losses = { members: 1, identities: 1, attempts: 0, keys: 1 }
    assert.include(plan.words, t('admin.losses', losses))
    const refused = await apply(plan)
    assert.equal(refused.status, 422)
    assert.include(refused.alerts[0], t('transfer.problems.sandbox_in_the_way'))
    assert.lengthOf(await Provider.all(), 1)
    assert.isNotNull(await User.find(person.id))

    assert.equal((await apply(refused, { replaceSandbox: 'true' })).status, 303)
    assert.isFalse((await Provider.findByOrFail('key', 'naver')).sandbox)
    assert.lengthOf(await Provider.all(), 3)
    assert.isNull(await User.find(person.id))
  })

  test('a practice provider is not exported', async ({ assert }) => {
    await furnish()
    await aProvider({ key: 'practice', sandbox: true })
    assert.notInclude((await download()).text, 'practice')
  })

  for (const [what, prepare, problem] of [
    [
      'another driver',
      async () => {
        await Provider.query().where('key', 'naver').update({ driver: 'kakao' })
      },
      'driver_differs',
    ],
    [
      'another application',
      async () => {
        await Provider.query().where('key', 'naver').update({ appRef: 'another-naver-id' })
      },
      'another_application',
    ],
  ] as [string, () => Promise<void>, string][]) {
    test(`keys of ${what} refuse the whole import`, async ({ assert }) => {
      await furnish()
      const file = await withSecrets()
      await prepare()
      await Provider.query().where('key', 'kakao-shop').update({ label: '다른 이름' })
      const plan = await dryRun(file.text, { passphrase: PASSPHRASE })
      assert.include(plan.alerts, t('transfer.plan.refused'))
      assert.include(plan.alerts, t(`transfer.items.${problem}`))
      assert.notInclude(plan.actions, `${PAGE}/import/apply`)
      assert.equal((await apply(plan)).status, 422)
      assert.isNotNull(await Provider.findBy('label', '다른 이름'))
    })
  }

  test('wants a recent sign-in, and an administrator', async ({ assert }) => {
    await furnish()
    const { text } = await download()
    const page = await admin.get(PAGE)
    const member = await signedInAs('member')
    const own = await member.get('/')
    await letProofsAge()
    for (const path of ['/export', '/import', '/import/apply']) {
      const answer = await admin.submit(page, PAGE + path, { file: text })
      assert.match(answer.location, /^\/account\/reauthenticate\?next=%2Fadmin%2Ftransfer/)
      assert.equal((await member.submit(own, PAGE + path)).status, 404)
    }
    assert.match((await admin.get(PAGE)).location, /^\/account\/reauthenticate/)
    assert.equal((await member.get(PAGE)).status, 404)
  })

  test('the page and the plan are in English too', async ({ assert }) => {
    await furnish()
    const english = await signedInAs('admin', 'en')
    const { text } = await download()
    const page = await english.get(PAGE)
    assert.include(page.words, t('transfer.title', {}, 'en'))
    const plan = await english.submit(page, `${PAGE}/import`, { file: text })
    assert.include(plan.words, t('transfer.plan.empty', {}, 'en'))
    const refused = await english.submit(page, `${PAGE}/import`, { file: 'x' })
    assert.equal(refused.complaint('file'), t('transfer.problems.not_json', {}, 'en'))
  })
})

function edit(file: { providers: object[] }, changes: object) {
  const [first, ...others] = file.providers
  return { ...file, providers: [{ ...first, ...changes }, ...others] }
}

test.group('Moving connected sites', (group) => {
  group.each.setup(emptyDatabase)

  test('a file brings their settings: new ones are off and without a secret, others change', async ({
    assert,
  }) => {
    const admin = await signedInAs('admin')
    await aProvider()
    const shop = { clientId: 'shop', name: '가게', refreshTokenDays: 7, closedToNewcomers: true }
    const secret = await aSite({ ...shop, privacyUrl: 'https://shop.example.com/privacy' })
    await aSite({ clientId: 'page', kind: 'browser', thirdParty: true, pairwise: true })
    const before = await clientRecords()
    const form = await admin.get(PAGE)
    const { text: file } = await admin.submit(form, `${PAGE}/export`)
    assert.notInclude(file, secret)
    assert.lengthOf(JSON.parse(file).clients, 2)

    /* One has changed since, the other is gone. */
    await Client.query().where('clientId', 'page').delete()
    await Client.query().where('clientId', 'shop').update({ name: '다른 이름' })
    const plan = await admin.submit(form, `${PAGE}/import`, { file })
    assert.include(plan.words, t('transfer.clients.created'))
    assert.include(plan.words, '다른 이름')
    await admin.submit(plan, `${PAGE}/import/apply`, { plan: plan.fieldValue('plan')! })
    assert.deepEqual(await clientRecords(), before)
    const page = await Client.findByOrFail('clientId', 'page')
    assert.isFalse(page.isEnabled)
    assert.isTrue((await Client.withSecrets('shop'))!.isEnabled)
    assert.isTrue(await (await Client.withSecrets('shop'))!.accepts(secret))
    const same = await admin.submit(form, `${PAGE}/import`, { file })
    assert.include(same.statuses, t('transfer.plan.empty'))
  })

  test('an edited file with a bad address, another kind or a strange field changes nothing', async ({
    assert,
  }) => {
    const admin = await signedInAs('admin')
    await aProvider()
    await aSite()
    const form = await admin.get(PAGE)
    const { text } = await admin.submit(form, `${PAGE}/export`)
    for (const [spoil, status] of [
      [(one: any) => (one.settings.redirectUris = ['javascript:alert(1)']), 200],
      [(one: any) => (one.kind = 'app'), 200],
      [(one: any) => (one.settings.scopes = ['admin']), 422],
      [(one: any) => (one.settings.thirdParty = 'no'), 422],
      [(one: any) => (one.clientId = '../shop'), 422],
    ] as const) {
      const document = JSON.parse(text)
      spoil(document.clients[0])
      const file = JSON.stringify(document)
      const refused = await admin.submit(form, `${PAGE}/import`, { file })
      assert.equal(refused.status, status)
      assert.isNotEmpty(refused.alerts)
      assert.isUndefined(refused.fieldValue('plan'))
    }
    assert.equal((await Client.firstOrFail()).kind, 'server')
  })
})
