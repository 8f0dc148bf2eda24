import { test } from '@japa/runner'
import * as openid from 'openid-client'
import Client from '#models/oidc/client'
import ClientMember from '#models/oidc/client_member'
import Consent from '#models/oidc/consent'
import { emptyDatabase } from '#tests/support/database'
import { signedInMember } from '#tests/support/people/member'
import { aRequest, aSite, CALLBACK, onToSite, pressOn, siteClient } from '#tests/support/sites/site'
import { t } from '#tests/support/texts'
import { type Page, Visitor } from '#tests/support/visitor'

const PAGE = '/account/sites'

/** The sites on the member's list. */
const namesOn = (page: Page) => page.wordsOf('.methods__row h2')

test.group('The sites a member signs in to', (group) => {
  group.each.setup(emptyDatabase)

  test('are listed with what they see, and taken back', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    assert.include((await visitor.get(PAGE)).words, t('account.sites.none'))
    const privacyUrl = 'https://cafe.example.com/privacy'
    const own = await siteClient(await aSite({ homeUrl: 'https://shop.example.com/' }))
    const others = await siteClient(
      await aSite({
        clientId: 'cafe',
        name: '다른 카페',
        thirdParty: true,
        scopes: Client.SCOPES,
        privacyUrl,
      }),
      'cafe'
    )
    const first = await aRequest(own)
    await first.finish((await visitor.get(first.url.href)).location)
    const asked = await aRequest(others, { scope: 'openid email' })
    const question = await visitor.visit(asked.url.href)
    assert.include(question.links, privacyUrl)
    assert.include(question.words, '다른 카페')
    const tokens = await asked.finish(
      await onToSite(visitor, await pressOn(visitor, question, 'continue'))
    )

    const page = await visitor.get(PAGE)
    assert.include(page.links, 'https://shop.example.com/')
    assert.deepEqual(namesOn(page), ['가게', '다른 카페'])
    const seen = ['openid', 'email', 'offline_access'].map((scope) => t(`sites.scopes.${scope}`))
    assert.include(
      page.wordsOf('.methods__row')[1],
      `${t('account.sites.sees')} ${seen.join(', ')}`
    )
    assert.include((await visitor.get('/account')).words, '가게, 다른 카페')
    const english = new Visitor({ language: 'en', cookies: visitor.cookies })
    assert.include((await english.get(PAGE)).words, t('account.sites.title', {}, 'en'))

    const cafe = await Client.findByOrFail('clientId', 'cafe')
    const action = `${PAGE}/${cafe.publicId}/take_back`
    const done = await visitor.submit(page, action)
    const left = await visitor.get(done.location)
    assert.deepEqual(left.statuses, [t('account.sites.taken_back', { site: '다른 카페' })])
    assert.deepEqual(namesOn(left), ['가게'])
    await assert.rejects(() => openid.refreshTokenGrant(others, tokens.refresh_token!))
    await assert.rejects(() => openid.fetchUserInfo(others, tokens.access_token, user.publicId))
    const again = await visitor.visit((await aRequest(others)).url.href)
    assert.isTrue(again.has('button[name=answer][value=continue]'))

    /* Nobody takes back for somebody else, and what is not there is no fault. */
    const stranger = (await signedInMember({ email: 'other@example.com' })).visitor
    const shop = await Client.findByOrFail('clientId', 'shop')
    const theirs = await stranger.get(PAGE)
    await stranger.submit(theirs, `${PAGE}/${shop.publicId}/take_back`)
    assert.isNull((await ClientMember.findByOrFail('clientId', shop.id)).takenBackAt)
    assert.equal((await visitor.submit(page, `${PAGE}/nobody/take_back`)).status, 404)

    /* Signing in there again puts it back, with its first time. */
    const back = await aRequest(own)
    await visitor.submit(page, `${PAGE}/${shop.publicId}/take_back`)
    assert.isNotNull((await ClientMember.findByOrFail('clientId', shop.id)).takenBackAt)
    await back.finish((await visitor.get(back.url.href)).location)
    assert.isNull((await ClientMember.findByOrFail('clientId', shop.id)).takenBackAt)
  })

  test('see what was agreed to, whatever a form adds, and who sends it twice', async ({
    assert,
  }) => {
    const { user, visitor } = await signedInMember()
    const other = (await signedInMember({ email: 'other@example.com' })).user
    const scopes = ['openid', 'profile', 'email']
    const config = await siteClient(await aSite({ thirdParty: true, scopes }))
    const request = await aRequest(config, { scope: 'openid profile' })
    const page = await visitor.visit(request.url.href)
    const action = new URL(page.url).pathname
    const fields = { ...page.hiddenFields(action), answer: 'continue' }

    /* For another member: asked again, and nothing noted. */
    const forged = await visitor.submit(page, action, { ...fields, account: other.publicId })
    assert.equal(forged.location, action)
    assert.isNull(await Consent.first())

    const added = { 'scope': 'openid email', 'scopes[]': 'email', 'client_id': 'cafe' }
    const agreed = await visitor.submit(page, action, { ...fields, ...added })
    const twice = await visitor.submit(page, action, { ...fields, ...added })
    assert.equal(twice.location, agreed.location)
    const consents = await Consent.all()
    assert.lengthOf(consents, 1)
    assert.equal(consents[0].userId, user.id)
    assert.deepEqual(consents[0].scopes, ['openid', 'profile'])
    const tokens = await request.finish((await visitor.get(agreed.location)).location)
    assert.equal(tokens.scope, 'openid profile')
    /* Once the request has been answered, nothing waits any more. */
    assert.equal((await visitor.submit(page, action, fields)).status, 400)

    /* Asked again for more, which is marked; what was agreed to stays. */
    const more = await aRequest(config, { scope: 'openid profile email' })
    const question = await visitor.visit(more.url.href)
    const scope = (name: string) => t(`sites.scopes.${name}`)
    const mark = t('sites.question.new')
    const asked = [scope('openid'), scope('profile'), `${scope('email')} ${mark}`]
    assert.deepEqual(question.wordsOf('main li'), asked)
    await onToSite(visitor, await pressOn(visitor, question, 'continue'))
    const less = await aRequest(config, { scope: 'openid email' })
    assert.isTrue((await visitor.get(less.url.href)).location.startsWith(CALLBACK))
  })
})
