import { normalizeEmail } from '#text/email'
import { normalizeName } from '#text/person_name'
import type { Absence, Person, RequirableField } from '#protocol/person'

/** A person as this site keeps them: texts by the same rules as what is typed here. */
export interface Profile extends Omit<Person, 'realName'> {
  /** Normalised; `null` when not given or not an address. */
  email: string | null
  /** The real name, else the nickname. */
  name: string | null
}

/** What a driver learned about a person, as it is kept. */
export function profileOf({ realName, ...person }: Person): Profile {
  const nickname = person.nickname === null ? null : normalizeName(person.nickname)
  const name = realName === null ? null : normalizeName(realName)
  const email = person.email === null ? null : normalizeEmail(person.email)
  return { ...person, email, name: name ?? nickname, nickname }
}

/** A required field that was not given, and how to ask for it again, if at all. */
export interface MissingField {
  field: RequirableField
  askFor: string | null
  why: Absence
}
