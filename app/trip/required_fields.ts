import type SignInAttempt from '#models/sign_in_attempt'
import type { RequirableField } from '#protocol/person'
import type { MissingField, Profile } from '#trip/profile'

/** What is known of a person who has been here before. */
export interface KnownFields {
  email: string | null
  name: string | null
}

/**
 * Which required fields neither the profile nor an earlier visit supplies. An
 * address counts also when nobody vouches for it: it is asked for to be known,
 * and proved elsewhere.
 */
export function missingFields(
  required: string[],
  profile: Profile,
  known: KnownFields | null
): MissingField[] {
  return (['email', 'name'] satisfies RequirableField[])
    .filter((field) => required.includes(field))
    .filter((field) => !profile[field] && !known?.[field])
    .map((field) => ({
      field,
      askFor: profile.askable[field] ?? null,
      why: profile.absences?.[field] ?? 'not_given',
    }))
}

/**
 * Whether the provider can be asked for what an attempt lacks: once, and only
 * if it would ask the person for at least one of the fields.
 */
export function mayAskAgain({
  parentId,
  missingFields: missing,
}: Pick<SignInAttempt, 'parentId' | 'missingFields'>): boolean {
  return parentId === null && (missing ?? []).some(({ askFor }) => askFor !== null)
}
