import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import vine from '@vinejs/vine'

/* In characters. */
export const SHORTEST_PASSWORD = 10
export const LONGEST_PASSWORD = 128

/** Of zxcvbn's 0 to 4: at least a million guesses, which scrypt makes slow. */
const LEAST_SCORE = 2

/*
 * What people here choose and the library's list does not know: this site, its
 * neighbours, and everyday Korean words typed with the keyboard set to English.
 */
const KNOWN_HERE = [
  ...['daemun', '대문', 'naver', '네이버', 'kakao', '카카오', 'korea', '대한민국', 'seoul'],
  ...['dkssudgktpdy', 'dkssud', 'qlalfqjsgh', 'tkfkdgo', 'tkfkdgody', 'eogksalsrnr', 'gksrnr'],
  ...['안녕하세요', '비밀번호', '사랑해', '사랑해요', 'sarang', 'saranghae', 'annyeong'],
]

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...dictionary, knownHere: KNOWN_HERE },
  graphs: adjacencyGraphs,
  maxLength: LONGEST_PASSWORD,
})

/** An address and a name, and the parts they are made of. */
function partsOf(personal: unknown[]): string[] {
  return personal
    .filter((value) => typeof value === 'string')
    .flatMap((value) => [value, ...value.split(/[\s@.+_-]+/)])
    .filter((part) => part.length > 1)
    .map((part) => part.slice(0, 254).toLowerCase())
}

const hardToGuess = vine.createRule((value, _options, field) => {
  if (typeof value !== 'string') return
  const { email, name } = field.parent
  const personal = Array.isArray(field.meta.personal) ? field.meta.personal : []

  const parts = partsOf([email, name, ...personal])
  if (zxcvbn.check(value, parts).score >= LEAST_SCORE) return

  const typed = value.toLowerCase()
  const isPersonal = parts.some((part) => part.length > 2 && typed.includes(part))
  const rule = isPersonal ? 'password.personal' : 'password.guessable'
  field.report(`validation.${rule}`, rule, field)
})

/**
 * A password to be: the one rule for sign-up, reset and account pages. It is
 * held against the fields `email` and `name` of the same form and against
 * `meta.personal`, what else an attacker would try first:
 * `readForm(ctx, validator, { meta: { personal: [user.email, user.name] } })`.
 */
export const newPassword = () =>
  vine.string().minLength(SHORTEST_PASSWORD).maxLength(LONGEST_PASSWORD).use(hardToGuess())
