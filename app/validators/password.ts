import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import vine from '@vinejs/vine'
import { LONGEST_EMAIL } from '#text/email'

/* In characters (UTF-16 units), composed. */
const SHORTEST = 10
const LONGEST = 128

/* Decomposed (NFD), no character becomes more than this many. */
const MOST_PARTS_OF_A_CHARACTER = 4

/** On zxcvbn's scale of 0 to 4: at least a million guesses, which scrypt makes slow. */
const LEAST_SCORE = 2

/*
 * Common choices here that the library's list does not know: this site, its neighbours,
 * and everyday Korean words typed with the keyboard set to English.
 */
const KNOWN_HERE = [
  ...['daemun', '대문', 'naver', '네이버', 'kakao', '카카오', 'korea', '대한민국', 'seoul'],
  ...['dkssudgktpdy', 'dkssud', 'qlalfqjsgh', 'tkfkdgo', 'tkfkdgody', 'eogksalsrnr', 'gksrnr'],
  ...['안녕하세요', '비밀번호', '사랑해', '사랑해요', 'sarang', 'saranghae', 'annyeong'],
]

const knowledge = {
  dictionary: { ...dictionary, knownHere: KNOWN_HERE },
  graphs: adjacencyGraphs,
  maxLength: LONGEST,
}

/*
 * Each way to read signs as letters ("p4$$w0rd") is a separate search over every stretch
 * of the password. A long one gets only a few of its hundred ways: that holds everyone up
 * for tens of milliseconds at most, and signs alone do not make it hard.
 */
const LONG = 32
const estimator = new ZxcvbnFactory(knowledge)
const estimatorForLong = new ZxcvbnFactory({ ...knowledge, l33tMaxSubstitutions: 5 })

/* Parts of an address and a name; more of them say nothing more about a person. */
const MOST_PARTS = 30

/**
 * An address and a name, and the parts they consist of. Values from the same form are not
 * validated yet: anything too long for either cannot be real.
 */
function partsOf(personal: unknown[]): string[] {
  const parts = personal
    .filter((value) => typeof value === 'string')
    .filter((value) => value.length <= LONGEST_EMAIL)
    .flatMap((value) => [value, ...value.split(/[\s@.+_-]+/)])
    .filter((part) => part.length > 1)
    .map((part) => part.normalize('NFC').toLowerCase())
  return [...new Set(parts)].slice(0, MOST_PARTS)
}

function isHardToGuess(password: string, parts: string[]): boolean {
  const { score } = (password.length > LONG ? estimatorForLong : estimator).check(password, parts)
  return score >= LEAST_SCORE
}

const hardToGuess = vine.createRule((value, _options, field) => {
  if (typeof value !== 'string') return
  const { email, name } = field.parent
  const personal = Array.isArray(field.meta.personal) ? field.meta.personal : []

  const parts = partsOf([email, name, ...personal])
  if (isHardToGuess(value, parts)) return

  const typed = value.toLowerCase()
  const isPersonal = parts.some((part) => part.length > 2 && typed.includes(part))
  const rule = isPersonal ? 'password.personal' : 'password.guessable'
  field.report(`validation.${rule}`, rule, field)
})

/*
 * A form field sends no line breaks, and terminals in an encoding other than UTF-8 leave
 * replacement characters behind: a password with either cannot be typed again on the
 * sign-in page.
 */
const UNTYPABLE = /[\p{Cc}\ufffd]/u

const typable = vine.createRule((value, _options, field) => {
  if (typeof value === 'string' && UNTYPABLE.test(value)) {
    field.report('validation.characters', 'characters', field)
  }
})

/**
 * Some keyboards send Hangul and accents composed, some decomposed. They look the same to
 * the person typing, so they count as the same password.
 */
const composed = (typed: unknown) =>
  typeof typed === 'string' && typed.length <= MOST_PARTS_OF_A_CHARACTER * LONGEST
    ? typed.normalize('NFC')
    : typed

/** A password that is only compared: the rules for new ones do not apply to it. */
export const presentPassword = () => vine.string().parse(composed).maxLength(LONGEST)

/**
 * A new password: the one rule for sign-up, reset, account pages and commands. It is
 * checked against the fields `email` and `name` of the same form and against
 * `meta.personal`, the other things an attacker would try first:
 * `readForm(ctx, validator, { meta: { personal: [user.email, user.name] } })`.
 * `presentPassword` reads everything this accepts in the same way.
 */
export const newPassword = () =>
  vine
    .string()
    .parse(composed)
    .minLength(SHORTEST)
    .maxLength(LONGEST)
    .use(typable())
    .use(hardToGuess())
