import { test } from '@japa/runner'
import {
  firstPasswordValidator,
  passwordChangeValidator,
  passwordProofValidator,
} from '#validators/account'
import { confirmValidator } from '#validators/email_verification'
import { newPasswordValidator } from '#validators/password_reset'
import { registrationValidator } from '#validators/registration'
import { signInValidator } from '#validators/session'

const email = 'minjun@example.com'

/** Wherever a password is set. */
const SETTERS = {
  'sign-up': (password: unknown) =>
    registrationValidator.tryValidate({ email, name: '김민준', password }),
  'reset': (password: unknown) => newPasswordValidator.tryValidate({ password }),
  'first password': (password: unknown) => firstPasswordValidator.tryValidate({ password }),
  'change': (password: unknown) =>
    passwordChangeValidator.tryValidate({ currentPassword: 'x', password }),
}

/** Wherever one is typed that was set before. */
const READERS = {
  'sign-in': (password: unknown) => signInValidator.tryValidate({ email, password }),
  'proof': (password: unknown) => passwordProofValidator.tryValidate({ password }),
  'confirmation': (password: unknown) => confirmValidator.tryValidate({ password }),
}

const phrase = 'quiet owl at the old barn ever since '
const characters = (count: number) => phrase.repeat(9).slice(0, count)

/* Twelve syllables: of different vowels and finals, so that nothing repeats. */
const HANGUL = '낡은 곳간 위 부엉이 셋'
const manySyllables = (count: number) =>
  Array.from({ length: count }, (_, index) => String.fromCodePoint(0xac00 + index * 83)).join('')

const TAKEN = {
  'ten characters': 'xq7 vpw2 k',
  '128 characters': characters(128),
  'spaces around it': '  quiet owl barn  ',
  'Hangul': HANGUL,
  'Hangul taken apart': HANGUL.normalize('NFD'),
  '128 syllables, which are 384 bytes': manySyllables(128),
  '128 syllables taken apart': manySyllables(128).normalize('NFD'),
  '64 emoji, which are 128 units': '🦉'.repeat(3) + '🌾🏚️'.repeat(15) + '🦉',
}

const REFUSED = {
  'nine characters': 'xq7 vpw2 ',
  'nine syllables taken apart, which are more units': '곳간위부엉이셋낡은'.normalize('NFD'),
  '129 characters': characters(129),
  '129 syllables': manySyllables(129),
  '129 syllables taken apart': manySyllables(129).normalize('NFD'),
  'ten blanks': ' '.repeat(10),
  'ten digits in a row': '1234567890',
  'a line break inside': 'quiet owl\nat the barn',
  'a replacement character': 'quiet owl \ufffd barn',
  'a list': ['quiet owl at the old barn'],
}

test.group('The rule of passwords', () => {
  for (const [setter, set] of Object.entries(SETTERS)) {
    for (const [what, password] of Object.entries(TAKEN)) {
      test(`${setter} takes ${what}, and every page reads it back the same`, async ({ assert }) => {
        const [error, data] = await set(password)
        assert.isNull(error)
        for (const read of Object.values(READERS)) {
          for (const typed of [password, password.normalize('NFC'), password.normalize('NFD')]) {
            const [complaint, present] = await read(typed)
            assert.isNull(complaint)
            assert.equal(present!.password, data!.password)
          }
        }
      })
    }

    for (const [what, password] of Object.entries(REFUSED)) {
      test(`${setter} refuses ${what}`, async ({ assert }) => {
        const [error] = await set(password)
        assert.deepEqual(
          error?.messages.map(({ field }: { field: string }) => field),
          ['password']
        )
      })
    }
  }

  test('what belongs to the person is no password, in either form of its letters', async ({
    assert,
  }) => {
    const name = '남궁민수아'
    const password = name.repeat(2)
    for (const form of ['NFC', 'NFD']) {
      const typed = { email, name: name.normalize(form), password }
      const [error] = await registrationValidator.tryValidate(typed)
      assert.equal(error?.messages[0].rule, 'password.personal')
    }
  })

  test('only new passwords have to be hard to guess', async ({ assert }) => {
    for (const read of Object.values(READERS)) assert.isNull((await read('1234567890'))[0])
  })
})
