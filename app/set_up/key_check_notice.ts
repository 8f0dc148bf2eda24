import type { HttpContext } from '@adonisjs/core/http'
import type { Verdict } from '#models/provider_credential'
import type Provider from '#models/provider'

/**
 * Shows the result of a key check on the next page; the provider's page has the
 * diagnosis.
 *
 * @param saved a message to show as well, when the keys have just been saved
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
