import factory from '@adonisjs/lucid/factories'
import User from '#models/user'
import { GIVEN_NAMES, SURNAMES } from '#database/factories/sample'
import { IdentityFactory } from '#database/factories/identity_factory'

/** A member with a proved address and no password. */
export const UserFactory = factory
  .define(User, ({ faker }) => {
    const [surname, romanSurname] = faker.helpers.arrayElement(SURNAMES)
    const [given, romanGiven] = faker.helpers.arrayElement(GIVEN_NAMES)
    const number = faker.string.numeric(6)
    return {
      name: surname + given,
      nameSetHere: false,
      email: `${romanGiven}.${romanSurname}.${number}@example.net`,
      password: null,
      role: 'member' as const,
    }
  })
  .state('administrator', (user) => {
    user.role = 'admin'
    user.nameSetHere = true
  })
  .state('withoutEmail', (user) => {
    user.email = null
  })
  .relation('identities', () => IdentityFactory)
  .build()
