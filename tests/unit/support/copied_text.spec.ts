import { pathToFileURL } from 'node:url'
import { test } from '@japa/runner'
import { projectRoot } from '#tests/support/servers/spawned_process'
import { Linter } from 'eslint'
import { t } from '#tests/support/texts'

/* A name that is no literal, because tsc knows no types for it. */
const file = pathToFileURL(`${projectRoot}tests/support/lint/copied_text.js`).href

test.group('ESLint: texts copied into tests', () => {
  async function complaintsAbout(code: string) {
    const { copiedText } = await import(file)
    const plugins = { tests: { rules: { 'copied-text': copiedText } } }
    const rules = { 'tests/copied-text': 'error' } as const
    return new Linter().verify(code, [{ plugins, rules }]).map(({ message }) => message)
  }

  for (const [what, code, key] of [
    [
      'half a sentence',
      `assert.include(words, '${t('session.refused.credentials').slice(4, 14)}')`,
      'session.refused.credentials',
    ],
    [
      'a sentence with its value',
      `const table = [['x', '${t('users.notices.signed_out', { count: 1 })}']]`,
      'users.notices.signed_out',
    ],
    [
      'an expression',
      `assert.match(words, /${t('article.signed_out').slice(5, 20)}/)`,
      'article.signed_out',
    ],
    [
      'English in an assertion',
      `assert.equal(alert, '${t('session.refused.credentials', {}, 'en')}')`,
      'session.refused.credentials',
    ],
  ]) {
    test(`${what} is found, with its key`, async ({ assert }) => {
      const [complaint, ...more] = await complaintsAbout(code)
      assert.include(complaint, key)
      assert.isEmpty(more)
    })
  }

  test('names, what is typed and English that is not asserted are let be', async ({ assert }) => {
    const english = t('session.refused.credentials', {}, 'en')
    assert.isEmpty(
      await complaintsAbout(`
        test('${english}', () => {})
        const person = { name: '김민준', title: '제목', label: '카카오' }
        assert.include(words, '김민준')
        assert.include(words, t('session.refused.credentials'))
      `)
    )
  })
})
