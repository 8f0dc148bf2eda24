import mail from '@adonisjs/mail/services/main'
import { test } from '@japa/runner'
import { SendMails } from '#jobs/send_mails'
import Document from '#models/site/document'
import { type Administrator, signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { signUp } from '#tests/support/people/sign_up'
import { aDocument, renew } from '#tests/support/sites/documents'
import { t } from '#tests/support/texts'
import { Visitor } from '#tests/support/visitor'
import { appUrl } from '#config/app'

const DESK = '/admin/site/documents'
const TERMS = { key: 'terms', title: '달빛 약관', titleEn: 'Moon terms', enabled: 'true' }
const PRIVACY = 'https://moon.example/privacy'

test.group('Documents of a site', (group) => {
  let admin: Administrator
  group.each.setup(async () => {
    await emptyDatabase()
    admin = await signedInAs('admin')
  })

  const pageOf = async (key: string) =>
    `${DESK}/${(await Document.findByOrFail('key', key)).publicId}`

  test('are written or linked by an administrator, and led to from every page and mail', async ({
    assert,
  }) => {
    const text = '제1조 (목적)\n<script>alert(1)</script> 이 약관은 …'
    await admin.fillIn(`${DESK}/create`, { ...TERMS, text })
    const linked = { key: 'privacy', title: '개인정보', enabled: 'true', url: PRIVACY }
    assert.equal((await admin.fillIn(`${DESK}/create`, linked)).location, DESK)

    for (const path of ['/', '/user/login', '/user/create', '/nowhere', '/oidc/auth?client_id=x']) {
      const { links } = await new Visitor().get(path)
      assert.includeMembers(links, [`${appUrl}/documents/terms`, PRIVACY], path)
    }
    const page = await new Visitor({ language: 'en' }).get('/documents/terms')
    assert.deepEqual(page.wordsOf('h1'), ['Moon terms'])
    assert.include(page.words, '제1조 (목적)')
    assert.notInclude(page.text, '<script>alert')
    assert.equal((await new Visitor().get('/documents/privacy')).location, PRIVACY)
    assert.equal((await new Visitor().get('/documents/none')).status, 404)

    await signUp(new Visitor(), 'new@example.com')
    await new SendMails(mail.use()).handle()
    const inbox = await new Visitor().get('/inbox')
    const [letter] = inbox.links.filter((link) => link.startsWith('/inbox/'))
    assert.includeMembers((await new Visitor().get(letter)).links, [
      `${appUrl}/documents/terms`,
      PRIVACY,
    ])
  })

  test('get new versions, and the former ones stay readable', async ({ assert }) => {
    await aDocument('terms', {}, { url: null, text: '옛날 본문' })
    const path = await pageOf('terms')
    await admin.press(path, `${path}/versions`, { text: '지금 본문' })
    assert.include((await new Visitor().get('/documents/terms')).words, '지금 본문')
    const former = await new Visitor().get('/documents/terms/1')
    assert.include(former.words, '옛날 본문')
    assert.include(former.statuses, t('documents.former'))

    /* Saved twice, it is the same version. */
    await admin.press(path, `${path}/versions`, { text: '지금 본문' })
    assert.equal((await new Visitor().get('/documents/terms/3')).status, 404)
  })

  test('go when they are switched off, and come in the order that was chosen', async ({
    assert,
  }) => {
    await aDocument('terms')
    const { publicId } = await aDocument('privacy')
    await admin.press(DESK, `${DESK}/order`, { up: publicId })
    const links = async () =>
      (await new Visitor().get('/')).links.flatMap((link) => link.split('/documents/')[1] ?? [])
    assert.deepEqual(await links(), ['privacy', 'terms'])

    await admin.fillIn(await pageOf('privacy'), { title: '개인정보', required: 'true' })
    assert.deepEqual(await links(), ['terms'])
    assert.equal((await new Visitor().get('/documents/privacy')).status, 404)
    assert.equal((await new Visitor().get('/documents/privacy/1')).status, 200)
  })

  test('have one address on the web or one text, a name of their own, and nothing else', async ({
    assert,
  }) => {
    for (const [field, wrong] of [
      ['url', { url: 'javascript:alert(1)' }],
      ['url', { url: 'data:text/html,<script>' }],
      ['url', { url: PRIVACY, text: '둘 다' }],
      ['url', {}],
      ['text', { text: 'x'.repeat(50_001) }],
      ['key', { text: '본문', key: '../admin' }],
      ['title', { text: '본문', title: ' ' }],
    ] as const) {
      const page = await admin.fillIn(`${DESK}/create`, { ...TERMS, ...wrong })
      assert.equal(page.status, 422, JSON.stringify(wrong).slice(0, 80))
      assert.isNotEmpty(page.complaint(field), field)
    }
    await aDocument('terms')
    const again = await admin.fillIn(`${DESK}/create`, { ...TERMS, text: '본문' })
    assert.equal(again.complaint('key'), t('documents.problems.key_taken'))
    assert.lengthOf(await Document.all(), 1)
  })

  test('of two administrators at once the second is told, and loses nothing typed', async ({
    assert,
  }) => {
    const document = await aDocument('terms')
    const path = await pageOf('terms')
    const opened = await admin.get(path)
    await renew(document, '먼저 고친 본문')
    const late = await admin.submit(opened, `${path}/versions`, { number: '1', text: '나중 본문' })
    assert.equal(late.status, 409)
    assert.deepEqual(late.alerts, [t('documents.problems.overtaken')])
    assert.include(late.textIn('text'), '나중 본문')

    await admin.fillIn(path, { title: '먼저', enabled: 'true' })
    const stale = await admin.submit(opened, path, {
      ...opened.hiddenFields(path),
      title: '나중',
      enabled: 'true',
    })
    assert.equal(stale.status, 409)
    assert.equal(stale.fieldValue('title'), '나중')
    assert.equal((await Document.findByOrFail('key', 'terms')).title, '먼저')
  })
})
