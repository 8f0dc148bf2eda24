import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { WithdrawConsent } from '#actions/links/withdraw_consent'
import { safeNext, signInPage } from '#auth/next'
import type Identity from '#models/identity'
import { normalizeName } from '#text/person_name'
import type Provider from '#models/provider'
import { askAsPerson } from '#actions/links/access_token'
import type { ConsentItem } from '#protocol/consent_item'
import { DRIVERS } from '#protocol/drivers'
import type { FailureName } from '#trip/failure'
import { socialPanel } from '#trip/panel'
import { dataPage } from '#trip/reconsent'
import { fieldOf } from '#validators/field'

/** Failures that a new consent fixes: the tokens stored here are no longer any good. */
const MENDED_BY_CONSENT: FailureName[] = ['token_refused', 'credential_revoked']

/** "Data this service may use": what a person lets a provider give us. */
export default class ConsentsController {
  /** `GET /account/sign_in_methods/:id/data` */
  async index(ctx: HttpContext) {
    const identity = await this.#own(ctx)
    const { provider } = identity
    const answer = await askAsPerson(identity, (driver, token) => driver.consents(token))
    if (answer.kind === 'unlinked') return this.#unlinked(ctx, identity)

    await socialPanel(ctx)
    const { listsRefusals, fieldsBehind } = DRIVERS[provider.driver]
    const failure = answer.kind === 'unavailable' ? answer.failure : null
    return ctx.view.render('pages/account/consents', {
      identity,
      provider,
      items: answer.kind === 'answered' ? answer.value.map(shown) : [],
      failure,
      isRequired: ({ id }: { id: string }) => provider.requiredFields.includes(fieldsBehind[id]),
      /* Where each refused item has its own button, one for all of them would be one too many. */
      askForAll:
        provider.isUsable &&
        (failure === null ? !listsRefusals : MENDED_BY_CONSENT.includes(failure)),
    })
  }

  /** `POST /account/sign_in_methods/:id/data/withdraw`, of one `item`. */
  @inject()
  async destroy(ctx: HttpContext, withdraw: WithdrawConsent) {
    const { response, session, i18n } = ctx
    const identity = await this.#own(ctx)
    const outcome = await withdraw.handle(identity, fieldOf(ctx, 'item'))
    if (outcome.kind === 'unlinked') return this.#unlinked(ctx, identity)

    const provider = identity.provider.label
    session.flash(
      outcome.kind === 'withdrawn' ? 'notice' : 'problem',
      i18n.t(`consents.${outcome.kind}`, { provider })
    )
    return response.redirect(dataPage(identity), false, 303)
  }

  /** @throws E_ROW_NOT_FOUND for another user's identity, or one of a deleted provider */
  async #own({ auth, params }: HttpContext): Promise<Identity> {
    return auth
      .getUserOrFail()
      .related('identities')
      .query()
      .where('publicId', params.id)
      .whereHas('provider', (provider) => provider)
      .preload('provider')
      .firstOrFail()
  }

  /** Anyone who came through it is signed out by now, and is told so where they sign in again. */
  #unlinked({ auth, response, session, i18n }: HttpContext, identity: Identity) {
    if (auth.use('web').session?.identityId === identity.id) {
      return response.redirect(signInPage(safeNext(dataPage(identity))), false, 303)
    }
    const { label }: Provider = identity.provider
    session.flash('problem', i18n.t('consents.unlinked', { provider: label }))
    return response.redirect('/account/sign_in_methods', false, 303)
  }
}

/** The provider's text, in a form that a page can show. */
function shown(item: ConsentItem): ConsentItem {
  return { ...item, label: item.label === null ? null : normalizeName(item.label) }
}
