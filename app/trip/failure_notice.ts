import type { HttpContext } from '@adonisjs/core/http'
import { browserSecret } from '#auth/browser'
import { keyedHash, sameText } from '#crypto/random_token'
import { countSignIn } from '#metrics/sign_ins'
import { ownAttempt } from '#trip/browser_binding'
import type Provider from '#models/provider'
import type SignInAttempt from '#models/sign_in_attempt'
import type { Intent } from '#models/sign_in_attempt'
import { FAILURES, isFailureName, type FailureName } from '#trip/failure'
import type { ProviderButton } from '#trip/panel'
import { mayAskAgain } from '#trip/required_fields'
import type { Next } from '#auth/next'

/** What the sign-in page says about a trip that failed. */
export interface FailureNotice {
  message: string
  /** A button that asks the provider for what was left out. */
  retry: { provider: ProviderButton; action: string; attempt: string; fields: string[] } | null
}

/** What is known about a trip that failed. */
interface FailedTrip {
  provider?: Provider
  attempt?: SignInAttempt | null
  /** Needed only when no attempt tells it. */
  intent?: Intent
  /** The trip whose starting page shows it; the failed one's own by default. */
  shownOn?: Intent
  next?: Next | null
}

/** The page that each kind of trip starts from, which also shows its failure. */
const PAGES: Record<Intent, string> = {
  sign_in: '/user/login',
  prove: '/user/login/prove',
  link: '/account/sign_in_methods',
  reconsent: '/account/sign_in_methods',
  reauthenticate: '/account/reauthenticate',
  trial: '/admin/providers',
}

/**
 * Records a failure where it belongs and redirects to the page that shows it, keeping
 * `next`. The failure's name travels in the address rather than the session, so that a
 * refused callback writes nothing; a mark of this browser goes along, without which the
 * page does not reveal the failure (docs/decisions/0002-sign-in-cookie.md).
 */
export async function refuse(
  ctx: HttpContext,
  failure: FailureName,
  {
    provider,
    attempt,
    intent = attempt?.intent ?? 'sign_in',
    shownOn = intent,
    next = attempt?.next,
  }: FailedTrip = {}
) {
  const { logger, response } = ctx
  /* A used or expired attempt already has its result, or will get it from its own callback. */
  if (attempt?.claimedAt && !attempt.finishedAt && failure !== 'state_used') {
    await attempt.finish({ outcome: 'failed', failure })
  }

  const level = FAILURES[failure] === 'visitor' ? 'info' : 'warn'
  logger[level](
    {
      failure,
      intent,
      provider: provider?.key,
      attempt: attempt?.publicId,
      code: attempt?.steps.at(-1)?.code,
    },
    'a social sign-in did not succeed'
  )

  countSignIn({ provider: provider?.key ?? 'none', intent, outcome: 'failed', failure })
  /* A trial has its own page, which tells the whole story. */
  if (attempt?.isTrial) {
    return response.redirect(`/admin/trials/${attempt.publicId}`, false, 303)
  }
  const query = new URLSearchParams({ failure })
  if (provider) query.set('provider', provider.key)
  /* People who may come in through a hidden provider keep its button, to try again. */
  if (provider?.hidden && failure !== 'newcomers_refused') query.set('with', provider.key)
  if (attempt && failure === 'missing_fields') query.set('attempt', attempt.publicId)
  if (next) query.set('next', next)
  const browser = browserSecret(ctx)
  const isOurs = attempt || (ctx.request.method() === 'POST' && failure !== 'form_expired')
  if (browser && isOurs) query.set('mark', outcomeMark(browser, failure, provider?.key))
  return response.redirect(`${PAGES[shownOn]}?${query}`, false, 303)
}

/** Marks an outcome as this browser's own; nobody else can make such a mark for it. */
function outcomeMark(browser: string, failure: FailureName, provider = ''): string {
  return keyedHash(browser, `outcome:${failure}:${provider}`).slice(0, 22)
}

/**
 * Reads such an address back. Visitors who follow a prepared link, and those whose
 * attempt cannot be identified, all see the same general sentence.
 */
export async function failureNotice(
  ctx: HttpContext,
  providers: ProviderButton[]
): Promise<FailureNotice | null> {
  const { failure, provider: key, attempt: publicId, mark } = ctx.request.qs()
  if (!isFailureName(failure)) return null

  const { i18n } = ctx
  const browser = browserSecret(ctx)
  const own = browser && outcomeMark(browser, failure, typeof key === 'string' ? key : undefined)
  if (!own || typeof mark !== 'string' || !sameText(own, mark)) {
    return { message: i18n.t('failures.unrecognised'), retry: null }
  }
  const provider = providers.find((button) => button.key === key)
  const name = provider?.label ?? i18n.t('failures.someProvider')
  if (failure !== 'missing_fields') {
    return { message: i18n.t(`failures.${failure}`, { provider: name }), retry: null }
  }

  const failed = await ownAttempt(ctx, publicId)
  const attempt = failed?.attempt
  const missing = attempt?.missingFields ?? []
  const fields = missing.map(({ field }) => i18n.t(`failures.fields.${field}`))
  const again =
    attempt?.failure === 'missing_fields' && provider !== undefined && mayAskAgain(attempt)
  return {
    message: i18n.t(again ? 'failures.missing_fields' : 'failures.missing_fields_finally', {
      provider: name,
      fields: fields.join(', ') || i18n.t('failures.fields.some'),
    }),
    retry: again
      ? {
          provider,
          action: `/user/login/social/${provider.key}`,
          attempt: attempt.publicId,
          fields,
        }
      : null,
  }
}

/** What to tell somebody whose session ended because its link at a provider had ended. */
export async function endNotice({ auth, i18n }: HttpContext): Promise<FailureNotice | null> {
  const { ended } = auth.use('web')
  if (!ended) return null
  await ended.load('identity', (identity) => identity.preload('provider'))
  const provider: Provider | null | undefined = ended.identity?.provider
  const name = provider?.label ?? i18n.t('failures.someProvider')
  return { message: i18n.t('failures.grant_gone', { provider: name }), retry: null }
}
