import Identity from '#models/identity'
import type Provider from '#models/provider'
import type User from '#models/user'
import UserSession from '#models/user_session'
import { now, sqlTime } from '#time/clock'
import { makeUser } from '#tests/support/trip'
import { Visitor } from '#tests/support/visitor'

export const MEMBER = 'minjun@example.com'
export const MEMBER_PASSWORD = 'seven quiet herons at dawn'

/** A user with a proved address and a password, signed in with them. */
export async function signedInMember(fields: Partial<User> = {}) {
  const user = await makeUser({ email: MEMBER, password: MEMBER_PASSWORD, ...fields })
  return { user, visitor: await visitorOf(user, fields.password ?? MEMBER_PASSWORD) }
}

/** Another browser of the same person. */
export async function visitorOf(user: User, password: string = MEMBER_PASSWORD) {
  const visitor = new Visitor()
  await visitor.signIn(user.email!, password)
  return visitor
}

/** Makes everybody's last proof of identity eleven minutes old. */
export async function letProofsAge() {
  await UserSession.query().update({ authenticatedAt: sqlTime(now().minus({ minutes: 11 })) })
}

/** Links a provider account without a trip. */
export function linkTo(user: User, provider: Provider, fields: Partial<Identity> = {}) {
  return Identity.create({
    userId: user.id,
    providerId: provider.id,
    subject: `subject-of-${user.id}-at-${provider.key}`,
    scopes: [],
    linkedAt: now(),
    ...fields,
  })
}

/** Connects or proves with a provider from the page with the button; the callback's answer. */
export async function tripFrom(
  server: { consent(address: string, options?: { person?: string }): Promise<string> },
  visitor: Visitor,
  page: string,
  key: string,
  { person, ...fields }: { person?: string } & Record<string, string | undefined>
) {
  const form = await visitor.get(page)
  const sent = Object.entries(fields).filter((entry): entry is [string, string] => !!entry[1])
  const started = await visitor.submit(form, `/user/login/social/${key}`, Object.fromEntries(sent))
  return visitor.get(await server.consent(started.location, { person }))
}
