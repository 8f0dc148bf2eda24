import type User from '#models/user'
import type { Recognition } from '#trip/application'
import type { Course, Grounds } from '#trip/decide'
import { maskEmail, maskName, maskSubject } from '#text/mask'
import type { MissingField, Profile } from '#trip/profile'
import type { Found } from '#trip/step'
import type { TokenSet } from '#protocol/token_set'

/*
 * What a trial's report keeps of each step: masked, or a word from a short list.
 * An empty value means that nothing came.
 */

const yesOrNo = (is: boolean) => (is ? 'yes' : 'no')

/** Only that tokens came, how long they last and which consent items they cover. */
export function showTokens({ refreshToken, expiresIn, scopes }: TokenSet): Found {
  return {
    expires_in: expiresIn === null ? '' : String(expiresIn),
    refresh_token: yesOrNo(refreshToken !== null),
    ...(scopes && { scopes: scopes.filter(isItemName).join(' ') }),
  }
}

/** The name of a consent item if it looks like one; free text is dropped. */
function isItemName(text: string) {
  return /^[\w.:-]{1,60}$/.test(text)
}

export function showRecognition(recognition: Recognition | null): Found {
  return recognition ? { ...recognition } : { application: '' }
}

export function showProfile(profile: Profile): Found {
  return {
    subject: maskSubject(profile.subject),
    email: profile.email === null ? '' : maskEmail(profile.email),
    ...(profile.email !== null && { email_status: profile.emailStatus }),
    name: profile.name === null ? '' : maskName(profile.name),
    nickname: profile.nickname === null ? '' : maskName(profile.nickname),
    picture: yesOrNo(profile.avatarUrl !== null),
  }
}

/** Each required field: whether it was given, and if not, why. */
export function showRequiredFields(required: string[], missing: MissingField[]): Found {
  return Object.fromEntries(
    required.map((field) => [
      `required_${field}`,
      missing.find((one) => one.field === field)?.why ?? 'given',
    ])
  )
}

/** What would have happened to the person, and to which account. */
export function showCourse(course: Course & Grounds): Found {
  return {
    course: courseName(course),
    ...('user' in course && course.user && { user: showUser(course.user) }),
  }
}

function courseName(course: Course & Grounds): string {
  if (course.kind === 'create' && !course.emailIsProved) return 'create_unproved'
  if (course.kind === 'sign_in' && course.user.hasSecondFactor) return 'second_factor'
  if (course.kind === 'complete' && course.missing.length === 0) return 'agree'
  return course.kind
}

function showUser({ name, email }: User): string {
  return [maskName(name), email && `(${maskEmail(email)})`].filter(Boolean).join(' ')
}
