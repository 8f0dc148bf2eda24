/** The items that a provider can be required to give. */
export const REQUIRABLE_FIELDS = ['email', 'name'] as const
export type RequirableField = (typeof REQUIRABLE_FIELDS)[number]

/**
 * What a driver learned about a person. Texts are as the provider sent them: neither
 * bounded nor cleaned, and an address may be none.
 */
export interface Person {
  /** The provider's id for this person in this application; always text (`subjectOf`). */
  subject: string
  email: string | null
  /**
   * `unknown` when the provider says nothing either way, as Naver; `lost` when it says
   * that the address is another account's by now.
   */
  emailStatus: 'verified' | 'unverified' | 'unknown' | 'lost'
  realName: string | null
  /** `null` also for a default that the person did not choose. */
  nickname: string | null
  avatarUrl: string | null
  /**
   * The fields that the provider would ask the person for once more, should they be
   * absent, each with what to ask for in the provider's own terms.
   */
  askable: Partial<Record<RequirableField, string>>
  /** What is wrong with the application's set-up, as this answer shows. */
  warning?: SetUpWarning
  /** Why a field is absent, should it be, as far as the provider lets one tell. */
  absences?: Partial<Record<RequirableField, Absence>>
}

/**
 * `sign_up_incomplete`: the provider waits to be told that the person has signed up here,
 * and ends the link if that does not come.
 */
export type SetUpWarning = 'sign_up_incomplete'

/** For administrators: `not_given` is all that can be said where a provider gives no reason. */
export type Absence = 'not_consented' | 'not_requested' | 'not_set_up' | 'not_there' | 'not_given'

/** A text of any length, else `null`. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** A non-empty text of at most `longest` characters, else `null`. */
export function shortTextOf(value: unknown, longest = 2_000): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= longest ? value : null
}

/** An https picture; browsers would refuse any other inside our pages. */
export function httpsUrlOf(value: unknown): string | null {
  const text = shortTextOf(value)
  return text !== null && URL.canParse(text) && new URL(text).protocol === 'https:' ? text : null
}

/** A JSON object, or an empty one where something else stands. */
export function objectOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}
