import { test } from '@japa/runner'
import SignInAttempt from '#models/sign_in_attempt'
import { now } from '#time/clock'
import { linkTo, MEMBER, signedInMember, tripFrom } from '#tests/support/people/member'
import { t } from '#tests/support/texts'
import { makeProvider, makeUser, signInWith, withProviders } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

test.group('Account: history', (group) => {
  const world = withProviders(group)

  test('the owner sees what others tried with the password, and from where', async ({ assert }) => {
    const { visitor } = await signedInMember()
    await new Visitor().signIn(MEMBER.toUpperCase(), 'wrong password')
    const page = await visitor.get('/account/history')
    assert.include(page.words, t('account.history.results.wrong_password'))
    assert.include(page.words, '127.0.0.1')
  })

  test('sign-ins and connections by a provider are named by it', async ({ assert }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    await makeProvider(world.server, 'naver', { label: '우리 네이버' })
    const visitor = new Visitor()
    await signInWith(world.server, visitor, 'kakao')
    await tripFrom(world.server, visitor, '/account/sign_in_methods', 'naver', { intent: 'link' })
    const page = await visitor.get('/account/history')
    const [connected, signedIn] = page.rows
    assert.include(connected, `우리 네이버 ${t('account.history.results.linked')}`)
    assert.include(signedIn, `${kakao.label} ${t('account.history.results.signed_in')}`)
  })

  test('what others do in the same browser, or elsewhere, is not in it', async ({ assert }) => {
    const kakao = await makeProvider(world.server, 'kakao')
    const { user, visitor } = await signedInMember()
    const other = await makeUser({ email: 'other@example.com' })
    await linkTo(other, kakao)
    const startedAt = now()
    const common = { providerId: kakao.id, startedAt, expiresAt: startedAt, steps: [] }
    await SignInAttempt.createMany([
      { ...common, intent: 'sign_in', outcome: 'signed_in', userId: other.id },
      {
        ...common,
        intent: 'sign_in',
        outcome: 'signed_in',
        userId: other.id,
        actorUserId: user.id,
      },
    ])
    assert.notInclude((await visitor.get('/account/history')).words, kakao.label)
  })

  test('the last thirty, every way it can end in words of both languages', async ({ assert }) => {
    const { user, visitor } = await signedInMember()
    const startedAt = now()
    const ends = [
      ['linked', null],
      ['proved', null],
      ['reauthenticated', null],
      ['must_prove', null],
      ['must_complete', null],
      [null, null],
      ['failed', 'credentials'],
      ['failed', 'cancelled'],
      ['failed', 'suspended'],
      ['failed', 'missing_fields'],
      ['failed', 'provider_timeout'],
      ['failed', 'secret_refused'],
      ['failed', 'a failure of another version'],
    ] as const
    for (let index = 0; index < 40; index++) {
      const [outcome, failure] = ends[index % ends.length]
      await SignInAttempt.create({
        intent: 'sign_in',
        userId: user.id,
        outcome,
        failure,
        startedAt,
        expiresAt: startedAt,
        steps: [],
      })
    }
    for (const language of ['ko', 'en']) {
      const page = await visitor.get('/account/history', { 'accept-language': language })
      assert.lengthOf(page.rows, 30)
      assert.notMatch(page.words, /translation missing|results\./)
    }
  })
})
