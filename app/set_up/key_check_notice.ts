import type { HttpContext } from '@adonisjs/core/http'
import type { Verdict } from '#models/provider_credential'
import type Provider from '#models/provider'

/**
 * Says on the next page how a check of keys ended; the provider's page has the
 * diagnosis.
 *
 * @param saved what else there is to say, where the keys were saved just before
 */
export function tellOfKeyCheck(
  { session, i18n }: HttpContext,
  provider: Provider,
  verdict: Verdict,
  saved: string | null = null
) {
  const result = i18n.t(`trial.checks.${verdict}`, { provider: provider.label })
  if (verdict === 'right' || (verdict === 'not_checked' && saved)) {
    session.flash('notice', saved ? `${saved} ${result}` : result)
  } else {
    if (saved) session.flash('notice', saved)
    session.flash('problem', result)
  }
}
