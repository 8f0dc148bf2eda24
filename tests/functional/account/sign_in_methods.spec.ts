import { test } from '@japa/runner'
import { cookieName } from '#auth/cookies'
import Identity from '#models/identity'
import User from '#models/user'
import UserSession from '#models/user_session'
import { now } from '#time/clock'
import {
  letProofsAge,
  linkTo,
  MEMBER,
  MEMBER_PASSWORD,
  signedInMember,
  tripFrom,
} from '#tests/support/people/member'
import { lastMailTo, queuedMails } from '#tests/support/mails'
import { t } from '#tests/support/texts'
import { makeProvider, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

const PAGE = '/account/sign_in_methods'
const disconnect = ({ publicId }: Identity) => `${PAGE}/${publicId}/disconnect`

test.group('Account: sign-in methods', (group) => {
  const world = withProviders(group)

  test('the first press only asks, also without a script', async ({ assert }) => {
    const naver = await makeProvider(world.server, 'naver')
    const { user, visitor } = await signedInMember()
    await linkTo(user, naver)
    const page = await visitor.get(PAGE)
    for (const action of ['/disconnect', '/account/password/remove']) {
      const form = `form[action$="${action}"]`
      assert.lengthOf(page.wordsOf(`details.ask ${form}`), 1)
      assert.lengthOf(page.wordsOf(form), 1)
    }
    assert.include(page.words, t('account.methods.disconnect_asks', { provider: naver.label }))
    assert.include(page.words, t('account.password.remove_asks'))
  })

  test('come by Kakao, connect Naver, disconnect Kakao, keep the last', async ({ assert }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    const naver = await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')

    const first = await visitor.get(PAGE)
    assert.include(first.words, t('account.methods.only_one'))
    assert.isFalse(first.has('[action$="/disconnect"]'))
    const linked = await tripFrom(world.server, visitor, PAGE, 'naver', { intent: 'link' })
    assert.equal(linked.location, PAGE)
    assert.equal((await lastMailTo(MEMBER)).template, 'identity_linked')

    const byKakao = await Identity.findByOrFail('providerId', kakao.id)
    const byNaver = await Identity.findByOrFail('providerId', naver.id)
    const page = await visitor.get(PAGE)
    assert.include(page.words, MEMBER)
    const gone = await visitor.submit(page, disconnect(byKakao))
    assert.equal(gone.location, PAGE)
    const told = t('account.methods.disconnected_here', { provider: kakao.label })
    assert.include((await visitor.get(PAGE)).words, told)
    assert.equal((await lastMailTo(MEMBER)).template, 'identity_unlinked')
    assert.isTrue(await visitor.isSignedIn())

    await visitor.submit(page, disconnect(byNaver))
    assert.isNotEmpty((await visitor.get(PAGE)).alerts)
    assert.lengthOf(await Identity.all(), 1)
    assert.equal((await signInWith(world.server, new Visitor(), 'naver')).location, '/')
    assert.lengthOf(await User.all(), 1)
  })

  test('other browsers that came through it are signed out; the one in use stays', async ({
    assert,
  }) => {
    await makeProvider(world.server, 'kakao')
    const { visitor: byPassword, user } = await signedInMember()
    const [here, there] = [new Visitor(), new Visitor()]
    await signInWith(world.server, here, 'kakao')
    await signInWith(world.server, there, 'kakao')
    const identity = await Identity.findByOrFail('userId', user.id)

    const before = here.cookies.get(cookieName('session'))
    await here.submit(await here.get(PAGE), disconnect(identity))
    assert.isTrue(await here.isSignedIn())
    assert.notEqual(here.cookies.get(cookieName('session')), before)
    assert.isFalse(await there.isSignedIn())
    assert.isTrue(await byPassword.isSignedIn())
    assert.isEmpty(await UserSession.query().whereNotNull('identityId'))
  })

  test('what is switched off, hidden, or unlinked there is no way in that counts', async ({
    assert,
  }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    const naver = await makeProvider(world.server, 'naver')
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    const user = await User.firstOrFail()
    const byKakao = await Identity.firstOrFail()
    const byNaver = await linkTo(user, naver)
    await user.merge({ email: null, password: MEMBER_PASSWORD }).save()

    for (const [settings, fields] of [
      [{ enabled: false }, {}],
      [{ hidden: true }, {}],
      [{ activeCredentialId: null }, {}],
      [{}, { unlinkedAt: now() }],
    ] as const) {
      const credential = naver.activeCredentialId
      await naver.merge(settings).save()
      await byNaver.merge(fields).save()
      await visitor.submit(await visitor.get(PAGE), disconnect(byKakao))
      assert.isNotEmpty((await visitor.get(PAGE)).alerts, JSON.stringify([settings, fields]))
      assert.isNotNull(await Identity.find(byKakao.id))
      await naver.merge({ enabled: true, hidden: false, activeCredentialId: credential }).save()
      await byNaver.merge({ unlinkedAt: null }).save()
    }
    assert.lengthOf(await Identity.query().where('providerId', kakao.id), 1)

    await visitor.submit(await visitor.get(PAGE), disconnect(byKakao))
    assert.isNull(await Identity.find(byKakao.id))
  })

  test('one that is no way in can be removed while another one is', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const kakao = await makeProvider(world.server, 'kakao')
    const identity = await linkTo(user, kakao, { unlinkedAt: now() })
    const page = await visitor.get(PAGE)
    assert.include(page.words, t('account.methods.unlinked'))
    assert.isTrue(page.has('[name=intent][value=link]'))
    await visitor.submit(page, disconnect(identity))
    assert.lengthOf(await Identity.all(), 0)
  })

  test('two requests at once do not remove the last two ways in', async ({ assert }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    const naver = await makeProvider(world.server, 'naver')
    for (let round = 0; round < 5; round++) {
      const person = ['minjun', 'seoyeon', 'jiho', 'hayun', 'doyun'][round]
      const { user, visitor } = await signedInMember({ email: `${person}@example.com` })
      await user.merge({ password: null }).save()
      const identities = [await linkTo(user, kakao), await linkTo(user, naver)]
      const page = await visitor.get(PAGE)
      await Promise.all(identities.map((one) => visitor.submit(page, disconnect(one))))
      assert.lengthOf(await Identity.query().where('userId', user.id), 1)
    }
  })

  test('nor do one disconnecting and one removing the password', async ({ assert }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    for (let round = 0; round < 5; round++) {
      const { user, visitor } = await signedInMember({ email: `racer${round}@example.com` })
      const identity = await linkTo(user, kakao)
      const page = await visitor.get(PAGE)
      const answers = await Promise.all([
        visitor.submit(page, disconnect(identity)),
        visitor.submit(page, '/account/password/remove'),
      ])
      for (const answer of answers) assert.equal(answer.status, 303)
      await user.refresh()
      const left = await Identity.query().where('userId', user.id)
      assert.equal(left.length + (user.password === null ? 0 : 1), 1)
    }
  })

  test("somebody else's identity does not exist here", async ({ assert }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    const { user: other } = await signedInMember({ email: 'other@example.com' })
    const identity = await linkTo(other, kakao)
    const { user, visitor } = await signedInMember()
    await linkTo(user, kakao)
    const page = await visitor.get(PAGE)
    for (const id of [identity.publicId, String(identity.id), '%00', 'x'.repeat(300)]) {
      const answer = await visitor.submit(page, `${PAGE}/${id}/disconnect`)
      assert.equal(answer.status, 404, id)
    }
    assert.lengthOf(await Identity.all(), 2)
    assert.lengthOf(await queuedMails(), 0)
  })

  test('a sign-in that is not recent connects and disconnects nothing', async ({ assert }) => {
    await makeProvider(world.server, 'naver')
    const { user, visitor } = await signedInMember()
    const identity = await linkTo(user, await makeProvider(world.server, 'kakao'))
    const page = await visitor.get(PAGE)
    await letProofsAge()
    assert.equal(
      (await visitor.submit(page, disconnect(identity))).location,
      '/account/reauthenticate?next=%2Faccount%2Fsign_in_methods&unchanged=1'
    )
    assert.include(
      (await visitor.submit(page, '/account/password/remove')).location,
      '/account/reauthenticate?'
    )
    const link = await visitor.submit(page, '/user/login/social/naver', {
      intent: 'link',
      next: PAGE,
    })
    assert.include(link.location, '/account/reauthenticate?')
    assert.lengthOf(await Identity.all(), 1)
    assert.isNotNull((await User.findOrFail(user.id)).password)

    const asked = await visitor.get(PAGE)
    assert.include(asked.words, t('account.methods.not_recent'))
    assert.isFalse(asked.has('[action$="/disconnect"]'))
  })

  test('a failed connection is told on this page', async ({ assert }) => {
    await makeProvider(world.server, 'kakao')
    await signInWith(world.server, new Visitor(), 'kakao', { person: 'seoyeon' })
    const { visitor } = await signedInMember()
    const answer = await tripFrom(world.server, visitor, PAGE, 'kakao', {
      intent: 'link',
      person: 'seoyeon',
    })
    assert.include(answer.location, `${PAGE}?failure=`)
    const page = await visitor.get(answer.location)
    assert.isNotEmpty(page.alerts)
    assert.notInclude(page.words, 'seoyeon')
  })

  test('all is listed: what was linked in a weak moment is seen', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    await linkTo(user, await makeProvider(world.server, 'naver'), { email: 'thief@example.com' })
    assert.include((await visitor.get(PAGE)).words, 'thief@example.com')
  })
})
