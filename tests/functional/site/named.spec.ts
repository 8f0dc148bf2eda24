import mail from '@adonisjs/mail/services/main'
import { test } from '@japa/runner'
import { ChangeSite } from '#actions/site/change_site'
import { commandActor } from '#audit/actor'
import { SendMails } from '#jobs/send_mails'
import AuditEntry from '#models/audit_entry'
import Registration from '#models/registration'
import Site, { type SiteSettings } from '#models/site/site'
import User from '#models/user'
import { signedInAs } from '#tests/support/people/administrator'
import { signedInMember } from '#tests/support/people/member'
import { mailedLink, press, signUp } from '#tests/support/people/sign_up'
import { aRequest, aSite, siteClient } from '#tests/support/sites/site'
import { t } from '#tests/support/texts'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { type Page, Visitor } from '#tests/support/visitor'

const OURS = /대문|daemun/i

const LICENCE = '통신판매업 2026-서울마포-0123'

const NAMED = {
  name: '달빛책방',
  nameEn: 'Moonlight Books',
  contact: 'help@moon.example',
  homeUrl: 'https://moon.example/',
  business: `달빛책방 주식회사 · 대표 김달빛\n${LICENCE}`,
  signUp: 'true',
  emailSignUp: 'true',
  board: 'true',
}

/** Names the site through its page; the page's answer. */
async function name(fields: Record<string, string> = NAMED): Promise<Page> {
  const admin = await signedInAs('admin')
  return admin.fillIn('/admin/site', fields)
}

const set = (settings: Partial<SiteSettings>) =>
  new ChangeSite().handle({ settings, actor: commandActor() })

/** What a person reads of a page, without addresses of files and what is only for machines. */
function readable(page: Page): string {
  return [page.words, ...page.attributesOf(':not(script, link, form, input)')].join('\n')
}

/** The name that a messenger shows of a link to a page. */
const calledOn = (page: Page) => page.valuesOf('meta[property="og:site_name"]', 'content')

/** Where the links and forms of a page lead, if the address begins like this. */
const waysTo = (start: string, { links, actions }: Page) =>
  [...links, ...actions].filter((address) => address.startsWith(start))

test.group('A site with a name of its own', (group) => {
  const world = withProviders(group)

  test('bears it on every page, in both languages, and nowhere is ours', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const config = await siteClient(await aSite())
    const { visitor: member } = await signedInMember()
    assert.equal((await name()).location, '/admin/site')

    const { href } = (await aRequest(config)).url
    for (const [language, called] of [
      ['ko', NAMED.name],
      ['en', NAMED.nameEn],
    ]) {
      const visitor = new Visitor({ language })
      const pages = [
        ...['/', '/user/login', '/user/create', '/user/password/forgot', '/article', '/nowhere'],
        ...['/user/resend_verify_email', '/user/password/reset/x', '/user/x/verify/x', '/inbox'],
        ...['/oidc/interaction/x', '/oidc/session/end?client_id=nobody', '/oidc/auth?client_id=x'],
      ]
      for (const path of pages) {
        const page = await visitor.get(path)
        assert.deepEqual(calledOn(page), [called], path)
        const described = page.valuesOf('meta[property="og:description"]', 'content')
        assert.include(described[0], called, path)
        assert.equal(page.wordsOf('title')[0].split(' · ').at(-1), called, path)
        assert.notMatch(readable(page), OURS, path)
        assert.include(page.words, LICENCE, path)
        assert.includeMembers(page.links, [`mailto:${NAMED.contact}`, NAMED.homeUrl], path)
      }
      const signedIn = new Visitor({ language, cookies: member.cookies })
      for (const path of ['/', '/account', '/account/sign_in_methods', '/account/withdrawal']) {
        const page = await signedIn.get(path)
        assert.deepEqual(calledOn(page), [called], path)
        assert.notMatch(readable(page), OURS, path)
      }
      assert.notMatch(readable(await signedIn.visit(href)), OURS)
    }
  })

  test('signs its mails with it', async ({ assert }) => {
    await set({ name: NAMED.name, contact: NAMED.contact, business: NAMED.business })
    for (const language of ['ko', 'en']) {
      await signUp(new Visitor({ language }), `${language}@example.com`)
    }
    await new SendMails(mail.use()).handle()
    const inbox = await new Visitor().get('/inbox')
    const letters = inbox.links.filter((link) => link.startsWith('/inbox/'))
    assert.lengthOf(letters, 2)
    assert.include(inbox.words, `[${NAMED.name}]`)
    for (const path of letters) {
      const letter = await new Visitor().get(path)
      assert.include(letter.words, NAMED.contact)
      assert.include(letter.words, LICENCE)
      assert.notMatch(letter.words, OURS)
    }
  })

  test('wears a colour of its own, in either theme and in mails', async ({ assert }) => {
    const admin = await signedInAs('admin')
    const pale = await admin.fillIn('/admin/site', { ...NAMED, color: '#FEE500' })
    assert.equal(pale.status, 422)
    const nearest = '#766904'
    assert.include(pale.complaint('color'), nearest)
    assert.deepEqual(pale.valuesOf('button[name=nearest]', 'value'), [nearest])
    assert.include(pale.words, t('site.preview.nearest', { nearest }))
    for (const color of ['red', '#12345', '"><style>', 'url(//evil.example)']) {
      const page = await admin.fillIn('/admin/site', { ...NAMED, color })
      assert.isNotEmpty(page.complaint('color'), color)
    }
    assert.isNull((await Site.present()).color)

    await admin.submit(pale, '/admin/site', {
      ...pale.hiddenFields('/admin/site'),
      ...NAMED,
      color: '#fee500',
      nearest,
    })
    assert.equal((await Site.present()).color, nearest)

    const visitor = new Visitor()
    for (const path of ['/', '/nowhere']) {
      const page = await visitor.get(path)
      const [address] = page.valuesOf('link[href^="/theme/"]', 'href')
      const sheet = await visitor.get(address)
      assert.include(sheet.text, `--color-accent: ${nearest};`)
      assert.equal(sheet.headers.get('content-type'), 'text/css; charset=utf-8')
      assert.include(sheet.headers.get('cache-control')!, 'immutable')
      assert.lengthOf(page.valuesOf('meta[name=theme-color]', 'content'), 2)
      const preview = await visitor.get(address.replace(/\..*/, '.css'))
      assert.notInclude(preview.headers.get('cache-control')!, 'immutable')
    }
    for (const path of ['/theme/ffffff.css', '/theme/red.css', '/theme/766904.css.css']) {
      assert.equal((await visitor.get(path)).status, 404, path)
    }
    await signUp(visitor, 'new@example.com')
    await new SendMails(mail.use()).handle()
    const inbox = await visitor.get('/inbox')
    const letter = await visitor.get(inbox.links.find((link) => link.startsWith('/inbox/'))!)
    assert.include(letter.text, nearest)

    const typed = await admin.get(
      `/admin/site/preview?${new URLSearchParams({ name: '<b>새 이름', color: '#a00' })}`
    )
    assert.include(typed.text, '#aa0000')
    assert.include(typed.text, '&lt;b&gt;새 이름')
  })

  test('takes no address that would run in the page, and loses nothing typed', async ({
    assert,
  }) => {
    const admin = await signedInAs('admin')
    for (const homeUrl of [
      'javascript:alert(1)',
      'JaVaScRiPt://x/%0aalert(1)',
      'data:text/html,<script>',
      '//evil.example',
      'https://user:pass@moon.example/',
      'moon.example',
      'x'.repeat(600),
    ]) {
      const page = await admin.fillIn('/admin/site', { ...NAMED, homeUrl })
      assert.equal(page.status, 422, homeUrl)
      assert.isNotEmpty(page.complaint('homeUrl'), homeUrl)
      assert.equal(page.fieldValue('name'), NAMED.name)
    }
    const contact = 'javascript:alert(1)'
    await admin.fillIn('/admin/site', { ...NAMED, contact })
    const home = await new Visitor().get('/')
    assert.include(home.words, contact)
    for (const address of home.valuesOf('[href]', 'href')) {
      assert.notMatch(address, /^javascript:/i)
    }

    const many = await admin.fillIn('/admin/site', { ...NAMED, business: 'a\n'.repeat(9) + 'b' })
    assert.isNotEmpty(many.complaint('business'))
    for (const markup of ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>']) {
      await admin.fillIn('/admin/site', { ...NAMED, name: markup, business: markup })
      assert.notInclude((await new Visitor().get('/')).text, markup)
    }
  })

  test('of two administrators at once the second is told, and both are in the audit', async ({
    assert,
  }) => {
    const [first, second] = [await signedInAs('admin'), await signedInAs('admin')]
    const page = await second.get('/admin/site')
    await first.fillIn('/admin/site', { ...NAMED, name: '먼저' })
    const answer = await second.submit(page, '/admin/site', {
      ...page.hiddenFields('/admin/site'),
      ...NAMED,
      name: '나중',
    })
    assert.equal(answer.status, 409)
    assert.include(answer.words, t('site.overtaken.both', { now: '먼저' }))
    assert.equal(answer.fieldValue('name'), '나중')
    assert.equal((await Site.present()).name, '먼저')

    await second.submit(answer, '/admin/site', {
      ...answer.hiddenFields('/admin/site'),
      ...NAMED,
      name: '나중',
    })
    assert.equal((await Site.present()).name, '나중')
    const names = (await AuditEntry.query().where('action', 'site.changed').orderBy('id')).map(
      ({ changes }) => changes.name
    )
    assert.deepEqual(names, [
      { before: null, after: '먼저' },
      { before: '먼저', after: '나중' },
    ])
  })

  test('is nothing a member can change', async ({ assert }) => {
    const { visitor } = await signedInMember()
    assert.equal((await visitor.get('/admin/site')).status, 404)
    const page = await visitor.get('/')
    assert.equal((await visitor.submit(page, '/admin/site', NAMED)).status, 404)
    assert.isNull((await Site.present()).name)
  })
})

test.group('What a site can switch off', (group) => {
  const world = withProviders(group)

  test('the board: its pages and its menu are gone', async ({ assert }) => {
    const { visitor } = await signedInMember()
    await set({ board: false })
    for (const path of ['/article', '/article/create', '/article/x', '/article/x/update']) {
      assert.equal((await visitor.get(path)).status, 404, path)
    }
    const home = await visitor.get('/')
    assert.isEmpty(waysTo('/article', home))
    assert.equal((await visitor.submit(home, '/article/create', { title: 'a' })).status, 404)
    await set({ board: true })
    assert.equal((await visitor.get('/article')).status, 200)
  })

  test('signing up by e-mail: also while a sign-up is under way', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    const [early, late] = [new Visitor(), new Visitor()]
    await signUp(early, 'early@example.com')
    const open = await late.get('/user/create')
    await set({ emailSignUp: false, contact: NAMED.contact })

    const closed = await late.get('/user/create')
    assert.isFalse(closed.has('[name=password]'))
    assert.include(closed.actions, '/user/login/social/kakao')
    const fields = { email: 'late@example.com', name: '김늦은', password: 'a long enough password' }
    const answer = await late.submit(open, '/user/create', fields)
    assert.equal(answer.status, 422)
    assert.lengthOf(answer.alerts, 1)
    assert.isNull(await Registration.findBy('email', fields.email))

    const link = await mailedLink('early@example.com')
    const pressed = await press(early, link)
    assert.equal(pressed.status, 403)
    assert.lengthOf(pressed.alerts, 1)
    await set({ emailSignUp: true })
    assert.equal((await press(early, link)).status, 303)
    assert.isTrue(await early.isSignedIn())
  })

  test('new members: those who are known still get in, whichever way', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao', { person: 'seoyeon' })
    await set({ signUp: false })

    const known = new Visitor()
    await signInWith(world.server, known, 'kakao', { person: 'seoyeon' })
    assert.isTrue(await known.isSignedIn())

    const newcomer = new Visitor()
    const refused = await signInWith(world.server, newcomer, 'kakao', { person: 'minjun' })
    assert.include(refused.location, 'failure=sign_up_closed')
    assert.isFalse(await newcomer.isSignedIn())
    assert.lengthOf(await User.all(), 1)
    for (const page of [await newcomer.get('/'), await newcomer.get('/user/login')]) {
      assert.isEmpty(waysTo('/user/create', page))
    }
    const closed = await newcomer.get('/user/create')
    assert.isEmpty(closed.actions.filter((action) => action.startsWith('/user')))
  })
})
