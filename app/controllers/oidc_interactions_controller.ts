import type { HttpContext } from '@adonisjs/core/http'
import { errors, type InteractionResults } from 'oidc-provider'
import { reauthenticationPage } from '#auth/recent_sign_in'
import { count } from '#limits/count'
import Provider from '#models/provider'
import { depart } from '#social/departure'
import { refuse } from '#social/failure_notice'
import { type Next, safeNext } from '#social/next'
import { demandsSecondFactor, presentOidcProvider, proofOf } from '#oidc/provider'
import { noteRefusal } from '#oidc/refusal'

/* Why the library has somebody asked who is signed in already. */
const ASK_AGAIN = ['login_prompt', 'max_age']

/** A request of a site that waits until somebody has signed in. */
export default class OidcInteractionsController {
  /** `GET /oidc/interaction/:uid`: to the sign-in, and from there back to the site. */
  async show(ctx: HttpContext) {
    const { auth, request, response, view } = ctx
    response.header('Cache-Control', 'no-store')
    const provider = await presentOidcProvider()
    const interaction = await this.#interactionOf(ctx, provider)
    if (interaction === null) {
      noteRefusal({ event: 'interaction.error', error: 'expired' })
      response.status(400)
      return view.render('pages/errors/site_request', { error: 'expired' })
    }

    const here = safeNext(request.url())
    const session = auth.use('web').session
    if (!session) return this.#signIn(ctx, here, interaction.params.provider)

    const { reasons } = interaction.prompt
    const since = interaction.iat
    if (
      reasons.some((one) => ASK_AGAIN.includes(one)) &&
      session.authenticatedAt.toSeconds() < since
    ) {
      return response.redirect(reauthenticationPage(here ?? '/'))
    }
    const isRefused = demandsSecondFactor(interaction.params) && !session.secondFactorAt
    const result: InteractionResults = isRefused
      ? { error: 'unmet_authentication_requirements', error_description: 'no second factor' }
      : {
          login: {
            accountId: session.user.publicId,
            ts: Math.floor(session.authenticatedAt.toSeconds()),
            ...(await proofOf(session)),
          },
        }
    const resumed = await provider.interactionResult(request.request, response.response, result)
    /* A page and no redirect: Chromium would check each hop that follows a form against our policy. */
    const { pathname } = new URL(resumed)
    return view.render('pages/session/back_to_site', {
      address: pathname,
      refreshEvery: `0;url=${pathname}`,
    })
  }

  /** To the sign-in page, or straight to the provider that the site has named. */
  async #signIn(ctx: HttpContext, here: Next | null, key: unknown) {
    const { request, response } = ctx
    const signInPage = `/user/login?${new URLSearchParams({ next: here ?? '/' })}`
    const isPage = (request.header('sec-fetch-dest') ?? 'document') === 'document'
    if (typeof key !== 'string' || !isPage) return response.redirect(signInPage, false, 303)

    const provider = await Provider.withActiveCredential(key)
    if (!provider?.isUsable || provider.hidden) return response.redirect(signInPage, false, 303)
    /* The one trip that begins by a GET; it counts as the others do. */
    await count(ctx, 'social_start')
    const departure = await depart(ctx, provider, { intent: 'sign_in', next: here })
    if (!departure.ok) {
      return refuse(ctx, departure.failure, { intent: 'sign_in', provider, next: here })
    }
    return response.redirect(departure.url, false, 303)
  }

  async #interactionOf(
    { params, request, response }: HttpContext,
    provider: Awaited<ReturnType<typeof presentOidcProvider>>
  ) {
    try {
      const interaction = await provider.interactionDetails(request.request, response.response)
      return interaction.uid === params.uid ? interaction : null
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return null
      throw error
    }
  }
}
