import { normalizeEmail } from '#text/email'
import { normalizeName } from '#text/person_name'
import type { Absence, Person, RequirableField } from '#protocol/person'

/** A person as this site stores them; texts follow the same rules as text typed here. */
export interface Profile extends Omit<Person, 'realName'> {
  /** Normalised; `null` when not given or not an address. */
  email: string | null
  /** The real name, or else the nickname. */
  name: string | null
}

/** Turns what a driver learned about a person into the form we store. */
export function profileOf({ realName, ...person }: Person): Profile {
  const nickname = person.nickname === null ? null : normalizeName(person.nickname)
  const name = realName === null ? null : normalizeName(realName)
  const email = person.email === null ? null : normalizeEmail(person.email)
  return { ...person, email, name: name ?? nickname, nickname }
}

/** A required field that was not given, and how to ask for it again, if that is possible. */
export interface MissingField {
  field: RequirableField
  askFor: string | null
  why: Absence
}
