import { beforeCreate } from '@adonisjs/lucid/orm'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { RegistrationSchema } from '#database/schema'
import { newPublicId } from '#models/public_id'

/** A local sign-up waiting for its address to be proved. No user exists yet. */
export default class Registration extends RegistrationSchema {
  static readonly LIFETIME = { hours: 24 }

  @beforeCreate()
  static givePublicId(registration: Registration) {
    registration.publicId ??= newPublicId()
  }

  /** Nobody may finish signing up with an address that somebody has proved. */
  static async makeVoid(email: string, client?: TransactionClientContract) {
    await Registration.query({ client }).where('email', email).delete()
  }
}
