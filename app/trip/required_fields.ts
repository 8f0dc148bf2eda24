import type SignInAttempt from '#models/sign_in_attempt'
import type { RequirableField } from '#protocol/person'
import type { MissingField, Profile } from '#trip/profile'

/** What is known about a person who has been here before. */
export interface KnownFields {
  email: string | null
  name: string | null
}

/**
 * Lists the required fields that neither the profile nor an earlier visit supplies. An
 * address counts even if nobody vouches for it: this requirement is about knowing it,
 * and the proof happens elsewhere.
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
 * Whether the provider can be asked for what an attempt lacks: only once, and only
 * if it would ask the person for at least one of the fields.
 */
export function mayAskAgain({
  parentId,
  missingFields: missing,
}: Pick<SignInAttempt, 'parentId' | 'missingFields'>): boolean {
  return parentId === null && (missing ?? []).some(({ askFor }) => askFor !== null)
}
