import type { HttpContext } from '@adonisjs/core/http'
import env from '#start/env'
import { isLoopbackHost } from '#start/loopback'
import { appUrl, http } from '#config/app'
import type Provider from '#models/provider'
import Identity from '#models/identity'
import { SecretUnreadable } from '#crypto/sealed'
import SetUpTick from '#models/set_up_tick'
import SignInAttempt from '#models/sign_in_attempt'
import type { ConsoleStep } from '#protocol/developer_console'
import { callbackUrl, unlinkNoticeUrl } from '#trip/driver_for'
import { DRIVERS } from '#protocol/drivers'
import { checkSetUp, type Check, type SetUp } from '#set_up/set_up_checks'

/** What the page of a provider says about setting it up. */
export interface SetUpGuide {
  /** The console's home page, where it is known. */
  consoleUrl: string | null
  addresses: { callback: string; site: string | null; unlink_notice: string | null }
  checks: Check[]
  steps: GuideStep[]
  /** How many checks and steps are still open; at 0 the guide can be collapsed. */
  left: number
}

export interface GuideStep extends ConsoleStep {
  tick: SetUpTick | null
  /** Whether it is done: an administrator has ticked it, or a sign-in has proved it. */
  isDone: boolean
}

/**
 * The steps to take in the console for the fields that this provider requires.
 * A sandbox provider has none, because it is not registered anywhere.
 */
export function consoleSteps({ driver, requiredFields, sandbox }: Provider): ConsoleStep[] {
  const steps = (!sandbox && DRIVERS[driver]?.console?.steps) || []
  return steps.filter(({ neededFor }) => !neededFor || requiredFields.includes(neededFor))
}

/** The set-up guide of a provider, whose credentials must be loaded. */
export async function setUpGuide(ctx: HttpContext, provider: Provider): Promise<SetUpGuide> {
  const setUp = await lookAt(ctx, provider)
  const ticks = await SetUpTick.query().where('providerId', provider.id)
  const steps = consoleSteps(provider).map((step): GuideStep => {
    const tick = ticks.find((one) => one.step === step.name) ?? null
    const isProven = step.isProvenBySignIn === true && setUp.hasSucceeded
    return { ...step, tick, isDone: tick !== null || isProven }
  })
  const checks = checkSetUp(setUp)
  const isRegistered = (kind: ConsoleStep['address']) =>
    steps.some(({ address }) => address === kind)
  return {
    consoleUrl: DRIVERS[provider.driver]?.console?.url ?? null,
    addresses: {
      callback: callbackUrl(provider),
      site: isRegistered('site') ? appUrl : null,
      unlink_notice: isRegistered('unlink_notice') ? unlinkNoticeUrl(provider) : null,
    },
    checks,
    steps,
    left:
      checks.filter(({ state }) => state !== 'ok').length +
      steps.filter(({ isDone }) => !isDone).length,
  }
}

async function lookAt({ request }: HttpContext, provider: Provider): Promise<SetUp> {
  const driver = DRIVERS[provider.driver]
  const isForwarded = ['x-forwarded-proto', 'x-forwarded-host'].some((name) => request.header(name))
  const sender = request.request.socket.remoteAddress ?? ''
  return {
    appUrl,
    isLoopback: isLoopbackHost(new URL(appUrl).hostname),
    inProduction: env.get('NODE_ENV') === 'production',
    reachedAt: originOf(`${request.protocol()}://${request.host()}`),
    proxyIsUntrusted: isForwarded && !http.trustProxy(sender, 0),
    keys: keysOf(provider),
    adminKey: !provider.takesAdminKey ? 'not_taken' : provider.adminKey ? 'set' : 'missing',
    scopes: provider.scopes,
    scopeRule: driver?.console?.scopes,
    emailPolicy: provider.emailPolicy,
    ownDomains: driver?.ownDomains ?? [],
    enabled: provider.enabled,
    hasSucceeded: await hasSucceeded(provider),
  }
}

/** An address in the form of APP_URL, without the scheme's default port. */
function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : address
}

function keysOf({ credentials, activeCredentialId }: Provider): SetUp['keys'] {
  const active = credentials.find(({ id }) => id === activeCredentialId)
  if (!active) return 'none'
  try {
    return active.revealSecret() === '' ? 'without_secret' : 'complete'
  } catch (error) {
    if (error instanceof SecretUnreadable) return 'unreadable'
    throw error
  }
}

/** Attempts are deleted after a while, but the identities they created remain. */
async function hasSucceeded({ id }: Provider): Promise<boolean> {
  if (await Identity.query().where('providerId', id).whereNotNull('lastUsedAt').first()) return true
  const attempt = await SignInAttempt.query()
    .where('providerId', id)
    .whereNotIn('outcome', ['failed'])
    .first()
  return attempt !== null
}
