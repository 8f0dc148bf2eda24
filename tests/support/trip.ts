import type { Group } from '@japa/runner/core'
import Provider from '#models/provider'
import ProviderCredential from '#models/provider_credential'
import User from '#models/user'
import { providerOrigins } from '#start/env'
import { now } from '#time/clock'
import { unlinkNoticeUrl } from '#trip/driver_for'
import { DRIVERS } from '#protocol/drivers'
import { emptyDatabase } from '#tests/support/database'
import {
  startProviderServer,
  type ConsentOptions,
  type ProviderServer,
} from '#tests/support/servers/provider_server'
import { type Visitor, type Page } from '#tests/support/visitor'

export const DRIVER_NAMES = ['kakao', 'naver'] as const
export type DriverName = (typeof DRIVER_NAMES)[number]

/** The paths at which each simulated provider takes the two calls of a sign-in. */
export const PATHS = {
  kakao: { token: '/oauth/token', profile: '/v2/user/me' },
  naver: { token: '/oauth2.0/token', profile: '/v1/nid/me' },
} as const

/** The settings that point a site at simulated providers. */
export function providersAt(origin: string): Record<string, string> {
  const names = DRIVER_NAMES.flatMap((driver) =>
    ['AUTH', 'API'].map((kind) => `${driver.toUpperCase()}_${kind}_ORIGIN`)
  )
  return Object.fromEntries(names.map((name) => [name, origin]))
}

/**
 * Gives a group of tests simulated providers over HTTP and an empty database for each
 * test. The application is pointed at them as an operator would, with the variables for
 * their origins.
 */
export function withProviders(group: Group, options: { hop?: boolean } = {}) {
  const world = {} as { server: ProviderServer }

  group.setup(async () => {
    world.server = await startProviderServer(options)
    const before = { ...providerOrigins }
    Object.assign(providerOrigins, providersAt(world.server.origin))
    return async () => {
      Object.assign(providerOrigins, before)
      await world.server.close()
    }
  })
  group.each.setup(async () => {
    await emptyDatabase()
    world.server.reset()
  })
  return world
}

/** A provider row, switched on, without a credential yet. */
export function makeProviderRow(driver: string, settings: Partial<Provider> = {}) {
  return Provider.create({
    key: driver,
    driver,
    label: DRIVERS[driver].defaults.label,
    emailPolicy: DRIVERS[driver].defaults.emailPolicy,
    enabled: true,
    hidden: false,
    position: 0,
    scopes: [],
    requiredFields: ['email', 'name'],
    allowSignUp: true,
    syncProfile: 'always',
    sandbox: false,
    ...settings,
  })
}

/** A provider with an active credential, also registered at the simulated provider. */
export async function makeProvider(
  server: ProviderServer,
  driver: DriverName,
  settings: Partial<Provider> = {}
): Promise<Provider> {
  const provider = await makeProviderRow(driver, settings)
  const [clientId, secret] = [`${provider.key}-client-id`, `${provider.key}-client-secret`]
  server[driver].register({
    clientId,
    clientSecrets: [secret],
    anyLoopbackRedirect: true,
    noticeUrl: unlinkNoticeUrl(provider),
  })
  await makeCredential(provider, clientId, secret)
  return provider
}

/** Adds a credential and activates it. */
export async function makeCredential(provider: Provider, clientId: string, secret: string) {
  const credential = new ProviderCredential()
  credential.merge({ providerId: provider.id, clientId, status: 'active', activatedAt: now() })
  credential.keepSecret(secret)
  await credential.save()
  await provider.merge({ activeCredentialId: credential.id }).save()
  return credential
}

export async function makeUser(fields: Partial<User> = {}): Promise<User> {
  return User.create({
    name: '김민준',
    nameSetHere: false,
    role: 'member',
    password: null,
    ...fields,
  })
}

/** Presses the button on the sign-in page; returns the answer, which leads to the provider. */
export async function start(visitor: Visitor, key: string, fields: Record<string, string> = {}) {
  const page = await visitor.get('/user/login')
  return visitor.submit(page, `/user/login/social/${key}`, fields)
}

/** Presses the button and agrees; returns the callback address, not yet opened. */
export async function startAndConsent(
  server: ProviderServer,
  visitor: Visitor,
  key: string,
  { next, ...consent }: ConsentOptions & { next?: string } = {}
): Promise<string> {
  const started = await start(visitor, key, next === undefined ? {} : { next })
  if (!started.location) throw new Error(`no trip began: ${started.status} ${started.words}`)
  return server.consent(started.location, consent)
}

/** The whole trip: button, consent, callback. Returns the answer to the callback. */
export async function signInWith(
  server: ProviderServer,
  visitor: Visitor,
  key: string,
  options: ConsentOptions & { next?: string } = {}
): Promise<Page> {
  return visitor.get(await startAndConsent(server, visitor, key, options))
}
