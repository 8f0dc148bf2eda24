/** The fields that a provider can be required to supply. */
export const REQUIRABLE_FIELDS = ['email', 'name'] as const
export type RequirableField = (typeof REQUIRABLE_FIELDS)[number]

/**
 * What a driver learned about a person. Texts are as the provider sent them: neither
 * limited nor cleaned, and `email` need not be a valid address.
 */
export interface Person {
  /** The provider's id for this person in this application; always text (`subjectOf`). */
  subject: string
  email: string | null
  /**
   * `unknown` when the provider does not say, like Naver; `lost` when it says that the
   * address now belongs to another account.
   */
  emailStatus: 'verified' | 'unverified' | 'unknown' | 'lost'
  realName: string | null
  /** Also `null` for a default that the person did not choose. */
  nickname: string | null
  avatarUrl: string | null
  /**
   * The fields that the provider would ask the person for again if they are absent, each
   * with what to ask for in the provider's own terms.
   */
  askable: Partial<Record<RequirableField, string>>
  /** What this answer shows to be wrong with the application's set-up. */
  warning?: SetUpWarning
  /** Why a field is absent, if it is, as far as the provider's answer tells. */
  absences?: Partial<Record<RequirableField, Absence>>
}

/**
 * `sign_up_incomplete`: the provider waits to be told that the person has signed up here,
 * and ends the link if it is not.
 */
export type SetUpWarning = 'sign_up_incomplete'

/** For administrators; `not_given` when the provider gives no reason. */
export type Absence = 'not_consented' | 'not_requested' | 'not_set_up' | 'not_there' | 'not_given'

/** A text of any length, otherwise `null`. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** A non-empty text of at most `longest` characters, otherwise `null`. */
export function shortTextOf(value: unknown, longest = 2_000): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= longest ? value : null
}

/** The address of an https picture; browsers would block any other on our pages. */
export function httpsUrlOf(value: unknown): string | null {
  const text = shortTextOf(value)
  return text !== null && URL.canParse(text) && new URL(text).protocol === 'https:' ? text : null
}

/** A JSON object, or an empty one in place of anything else. */
export function objectOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}
