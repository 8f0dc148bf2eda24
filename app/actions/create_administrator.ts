import User from '#models/user'
import { untilUnique } from '#actions/until_unique'

export interface NewAdministrator {
  /** Normalised. Whoever runs the command vouches for it. */
  email: string
  name: string
  password: string
}

export type AdministratorCreation = { kind: 'created'; user: User } | { kind: 'address_taken' }

/** Adds an administrator who signs in by password. */
export class CreateAdministrator {
  async handle(person: NewAdministrator): Promise<AdministratorCreation> {
    return untilUnique(async () => {
      if (await User.findBy('email', person.email)) return { kind: 'address_taken' }
      const user = await User.create({ ...person, role: 'admin', nameSetHere: true })
      return { kind: 'created', user }
    })
  }
}
