import { normalizeEmail } from '#models/email'

/** The items that a provider can be required to give. */
export const REQUIRABLE_FIELDS = ['email', 'name'] as const
export type RequirableField = (typeof REQUIRABLE_FIELDS)[number]

/** What a driver learned about a person, in the words of this project. */
export interface Profile {
  /** The provider's id for this person in this application; always text. */
  subject: string
  /** Normalised; `null` when not given or not an address. */
  email: string | null
  /** `unknown` when the provider says nothing either way, as Naver. */
  emailStatus: 'verified' | 'unverified' | 'unknown'
  /** The real name, else a nickname that is not the provider's default. */
  name: string | null
  nickname: string | null
  avatarUrl: string | null
  /**
   * The absent fields that the provider would ask the person for once more, each
   * with what to ask for in the provider's own terms.
   */
  askable: Partial<Record<RequirableField, string>>
  /** Why a field is absent, if it is, as far as the provider lets one tell. */
  absences?: Partial<Record<RequirableField, Absence>>
}

/** For administrators: `not_given` is all that can be said where a provider gives no reason. */
export type Absence = 'not_consented' | 'not_requested' | 'not_set_up' | 'not_there' | 'not_given'

/** A required field that was not given, and how to ask for it again, if at all. */
export interface MissingField {
  field: RequirableField
  askFor: string | null
  why: Absence
}

const LONGEST_NAME = 100

/** A non-empty text of at most `longest` characters, else `null`. */
export function textOf(value: unknown, longest = 2_000): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= longest ? value : null
}

/**
 * The provider's id as text: ids come as text, as numbers, and as numbers too
 * large for JavaScript (which `parseObject` has kept as text).
 */
export function subjectOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null
  return typeof value === 'string' && /^[\x21-\x7e]{1,100}$/.test(value) ? value : null
}

/**
 * A name fit to be shown anywhere: one line, without control characters or the
 * marks that turn the direction of text around, at most 100 characters.
 */
export function nameOf(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const clean = value
    .slice(0, 10 * LONGEST_NAME)
    .toWellFormed()
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
  return Array.from(clean).slice(0, LONGEST_NAME).join('').trim() || null
}

export function emailOf(value: unknown): string | null {
  return typeof value === 'string' ? normalizeEmail(value) : null
}

/** An https picture; browsers would refuse any other inside our pages. */
export function httpsUrlOf(value: unknown): string | null {
  const text = textOf(value)
  return text !== null && URL.canParse(text) && new URL(text).protocol === 'https:' ? text : null
}

/** A JSON object, or an empty one where something else stands. */
export function objectOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}
