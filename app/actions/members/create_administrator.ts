import { inTransaction } from '#database/transaction'
import type { Actor } from '#audit/actor'
import AuditEntry from '#models/audit_entry'
import Registration from '#models/registration'
import User from '#models/user'

export interface NewAdministrator {
  /** Normalised. The person who runs the command vouches for it. */
  email: string
  name: string
  password: string
}

export type AdministratorCreation = { kind: 'created'; user: User } | { kind: 'address_taken' }

/** Adds an administrator who signs in with a password. */
export class CreateAdministrator {
  async handle(person: NewAdministrator, actor: Actor): Promise<AdministratorCreation> {
    return inTransaction(async (client) => {
      if (await User.findBy('email', person.email, { client })) return { kind: 'address_taken' }
      await Registration.makeVoid(person.email, client)
      const user = await User.create({ ...person, role: 'admin', nameSetHere: true }, { client })
      const subject = user.asAuditSubject
      await AuditEntry.record({ actor, action: 'administrator.created', subject }, client)
      return { kind: 'created', user }
    })
  }
}
