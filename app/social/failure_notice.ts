import type { HttpContext } from '@adonisjs/core/http'
import { ownAttempt } from '#social/departure'
import { isFailureName, type FailureName } from '#social/failure'
import type { ProviderButton } from '#social/panel'
import { mayAskAgain } from '#social/required_fields'

/** What the sign-in page says about a trip that ended there. */
export interface FailureNotice {
  message: string
  /** One press that asks the provider for what was left out. */
  retry: { provider: ProviderButton; action: string; attempt: string; fields: string[] } | null
}

interface FailedTrip {
  failure: FailureName
  provider?: string
  next?: string | null
  /** Public id of the attempt, when the page should be able to go on from it. */
  attempt?: string
}

/**
 * The address of the sign-in page that will tell of a failure. It goes through
 * the address rather than the session, so that it arrives also where cookies do
 * not, and a refused callback writes nothing.
 */
export function signInPageAfter({ failure, provider, next, attempt }: FailedTrip): string {
  const query = new URLSearchParams({ failure })
  if (provider) query.set('provider', provider)
  if (attempt) query.set('attempt', attempt)
  if (next) query.set('next', next)
  return `/user/login?${query}`
}

/** Reads such an address back. Only names from our list become a message. */
export async function failureNotice(
  ctx: HttpContext,
  providers: ProviderButton[]
): Promise<FailureNotice | null> {
  const { failure, provider: key, attempt: publicId } = ctx.request.qs()
  if (!isFailureName(failure)) return null

  const { i18n } = ctx
  const provider = providers.find((button) => button.key === key)
  const name = provider?.label ?? i18n.t('failures.someProvider')
  if (failure !== 'missing_fields') {
    return { message: i18n.t(`failures.${failure}`, { provider: name }), retry: null }
  }

  const attempt = await ownAttempt(ctx, publicId)
  const missing = attempt?.missingFields ?? []
  const fields = missing.map(({ field }) => i18n.t(`failures.fields.${field}`))
  const again = attempt !== null && provider !== undefined && mayAskAgain(attempt)
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
