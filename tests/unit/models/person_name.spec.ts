import { test } from '@japa/runner'
import { LONGEST_NAME, normalizeName } from '#text/person_name'
import { nameValidator } from '#validators/account'
import { completionValidator } from '#validators/pending_identity'
import { registrationValidator } from '#validators/registration'

const email = 'minjun@example.com'
const password = 'seven quiet herons at dawn'

/** Wherever people type a name; `admin:create` asks the sign-up page's rule. */
const TYPED = {
  'sign-up': (name: string) => registrationValidator.tryValidate({ email, name, password }),
  'profile': (name: string) => nameValidator.tryValidate({ name }),
  'completion': (name: string) =>
    completionValidator.tryValidate({ name }, { meta: { missing: ['name'] } }),
}

const syllables = (count: number) => '김'.repeat(count)

/* Eleven units, one character. */
const FAMILY = '👨‍👩‍👧‍👦'

test.group('The length of a name', () => {
  for (const [page, read] of Object.entries(TYPED)) {
    for (const form of ['NFC', 'NFD']) {
      test(`${page}: the longest name in ${form} is kept whole, one more is refused`, async ({
        assert,
      }) => {
        const [error, data] = await read(syllables(LONGEST_NAME).normalize(form))
        assert.isNull(error)
        assert.equal(data!.name, syllables(LONGEST_NAME))

        const [complaint] = await read(syllables(LONGEST_NAME + 1).normalize(form))
        assert.equal(complaint?.messages[0].rule, 'maxLength')
      })
    }
  }

  test('what a provider sends is cut to it', ({ assert }) => {
    assert.equal(normalizeName(syllables(LONGEST_NAME)), syllables(LONGEST_NAME))
    assert.equal(normalizeName(syllables(LONGEST_NAME + 1)), syllables(LONGEST_NAME))
    assert.equal(normalizeName(syllables(60).normalize('NFD')), syllables(LONGEST_NAME))
  })

  test('no character is cut apart, and no blank is left at the end', ({ assert }) => {
    assert.equal(normalizeName(syllables(45) + FAMILY), syllables(45))
    assert.equal(normalizeName(syllables(39) + FAMILY), syllables(39) + FAMILY)
    assert.equal(normalizeName(syllables(49) + ' 김'), syllables(49))
    assert.equal(normalizeName('🌾'.repeat(26)), '🌾'.repeat(25))
  })
})
