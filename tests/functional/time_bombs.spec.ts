import { test } from '@japa/runner'
import Article from '#models/article'
import Registration from '#models/registration'
import { signedInAs } from '#tests/support/people/administrator'
import { emptyDatabase } from '#tests/support/database'
import { signedInMember } from '#tests/support/people/member'
import { PASSWORD, signUp } from '#tests/support/people/sign_up'
import { refusal } from '#tests/support/texts'
import { Visitor, type Page } from '#tests/support/visitor'

/*
 * Read by an expression that looks at each blank as a beginning, these take minutes
 * in which nobody else is answered; read once, milliseconds. A form may have 512 KB.
 */
const BLANKS = {
  'spaces': ' '.repeat(400_000),
  'em spaces': '\u2003'.repeat(55_000),
  'zero-width spaces': '\u200b'.repeat(55_000),
  'Hangul fillers': '\u3164'.repeat(55_000),
  'line breaks': '\r\n'.repeat(80_000),
}

const LEET = '4@8({[<369&#!1/|0$5+7%2'.repeat(6).slice(0, 128)

test.group('A form that would keep the process busy', (group) => {
  group.each.setup(emptyDatabase)

  for (const [what, blanks] of Object.entries(BLANKS)) {
    const bomb = `a${blanks}b`

    test(`an article by nobody: ${what} in the title`, async ({ assert }) => {
      const visitor = new Visitor()
      const page = await visitor.get('/user/login')
      const answer = await visitor.submit(page, '/article/create', { title: bomb, body: 'x' })
      assert.equal(answer.status, 401)
      assert.lengthOf(await Article.all(), 0)
    })

    test(`a member's article, and their name: ${what}`, async ({ assert }) => {
      const { visitor } = await signedInMember()
      const page = await visitor.get('/article/create')
      for (const [path, fields, field, max] of [
        ['/article/create', { title: bomb, body: 'x' }, 'title', 200],
        ['/article/create', { title: 'x', body: bomb }, 'body', 20_000],
        ['/account/name', { name: bomb }, 'name', 50],
      ] as [string, Record<string, string>, string, number][]) {
        const answer = await visitor.submit(page, path, fields)
        assert.equal(answer.status, 422)
        assert.equal(answer.complaint(field), refusal('maxLength', { max }))
      }
      assert.lengthOf(await Article.all(), 0)
    })

    test(`a sign-up, a sign-in and a forgotten password: ${what}`, async ({ assert }) => {
      const visitor = new Visitor()
      const page = await visitor.get('/user/login')
      const answers: Page[] = [
        await visitor.submit(page, '/user/create', { name: bomb, email: 'a@example.com' }),
        await visitor.submit(page, '/user/create', { name: 'a', email: bomb }),
        await visitor.submit(page, '/user/login', { email: bomb, password: PASSWORD }),
        await visitor.submit(page, '/user/password/forgot', { email: bomb }),
      ]
      for (const answer of answers) assert.equal(answer.status, 422)
    })

    test(`an administrator's provider: ${what}`, async ({ assert }) => {
      const visitor = await signedInAs()
      const page = await visitor.get('/admin/providers/create')
      for (const field of ['label', 'key', 'clientId', 'clientSecret']) {
        const form = { driver: 'naver', clientId: 'x', clientSecret: 'y', [field]: field + bomb }
        const answer = await visitor.submit(page, '/admin/providers/create', form)
        assert.equal(answer.status, 422, field)
      }
    })
  }

  test('a password held against a name of ninety thousand parts', async ({ assert }) => {
    const name = Array.from({ length: 90_000 }, (_, n) => `a${n % 100}`).join(' ')
    const answer = await signUp(new Visitor(), 'a@example.com', { name, password: LEET })
    assert.equal(answer.status, 422)
    assert.equal(answer.complaint('name'), refusal('maxLength', { max: 50 }))
    assert.lengthOf(await Registration.all(), 0)
  })

  test('a password held against an address of ninety thousand parts', async ({ assert }) => {
    const email = `${Array.from({ length: 90_000 }, (_, n) => `a${n % 100}`).join('.')}@example.com`
    const answer = await signUp(new Visitor(), email, { password: LEET })
    assert.equal(answer.status, 422)
  })
})
