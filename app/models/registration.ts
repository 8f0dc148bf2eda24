import { beforeCreate } from '@adonisjs/lucid/orm'
import { RegistrationSchema } from '#database/schema'
import { newPublicId } from '#models/public_id'

/** A local sign-up waiting for its address to be proved. No user exists yet. */
export default class Registration extends RegistrationSchema {
  static readonly LIFETIME = { hours: 24 }

  @beforeCreate()
  static givePublicId(registration: Registration) {
    registration.publicId ??= newPublicId()
  }
}
