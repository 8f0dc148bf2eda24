import factory from '@adonisjs/lucid/factories'
import Identity from '#models/identity'
import { now } from '#time/clock'

/** A link to an account at a provider, without tokens. Requires `providerId` and a user. */
export const IdentityFactory = factory
  .define(Identity, ({ faker }) => ({
    subject: faker.string.numeric({ length: 10, allowLeadingZeros: false }),
    email: null,
    name: null,
    scopes: [],
    provesEmail: false,
    linkedAt: now(),
  }))
  .build()
