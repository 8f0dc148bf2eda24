import type { HttpContext } from '@adonisjs/core/http'
import { safeNext } from '#auth/next'
import { reauthenticationPage } from '#auth/recent_sign_in'
import { rememberPageWantingSecondFactor } from '#auth/second_factor'
import { count } from '#limits/count'
import { allowForms } from '#middleware/security_headers_middleware'
import Client from '#models/oidc/client'
import Consent from '#models/oidc/consent'
import Provider from '#models/provider'
import type UserSession from '#models/user_session'
import { scopesToAgreeTo } from '#oidc/policy'
import { answer, questionOf, waitingRequest, type Interaction, type Question } from '#oidc/question'
import { formSourceOf } from '#oidc/redirect_uri'
import { noteRefusal } from '#oidc/refusal'
import { resumePage, signInPageFor } from '#oidc/sign_in_first'
import { isTrial } from '#oidc/trial'
import { depart } from '#trip/departure'
import { refuse } from '#trip/failure_notice'

/** A site's request that waits for something only a person can do. */
export default class InteractionsController {
  /** `GET /oidc/interaction/:uid`: the sign-in, a question, or on to the site. */
  async show(ctx: HttpContext) {
    const { auth, response } = ctx
    response.header('Cache-Control', 'no-store')
    const interaction = await waitingRequest(ctx)
    if (!interaction) return this.#expired(ctx)
    const session = auth.use('web').session
    return session ? this.#ask(ctx, interaction, session) : this.#signIn(ctx, interaction)
  }

  /** `POST /oidc/interaction/:uid`: the person's answer. */
  async update(ctx: HttpContext) {
    const { auth, request, response } = ctx
    const interaction = await waitingRequest(ctx)
    if (!interaction) return this.#expired(ctx)
    const session = auth.use('web').session
    const { answer: said, account } = request.only(['answer', 'account'])
    /* Somebody else has signed in since the page was opened: ask them. */
    if (!session || account !== session.user.publicId) {
      return response.redirect(request.url(), false, 303)
    }

    const { uid, params, returnTo } = interaction
    const question = questionOf(interaction, session)
    switch (said) {
      case 'other':
        await auth.use('web').logout()
        return response.redirect(signInPageFor(uid, params), false, 303)
      case 'set_up':
        rememberPageWantingSecondFactor(ctx, request.url())
        return response.redirect('/account/second_factor', false, 303)
      case 'cancel': {
        const error =
          question === 'second_factor' ? 'unmet_authentication_requirements' : 'access_denied'
        await answer(interaction, { error, error_description: 'the person has cancelled' })
        break
      }
      case 'continue':
        if (question === 'consent' && !(await this.#agree(interaction, session))) {
          return this.#gone(ctx)
        }
        if (question === 'account') await answer(interaction, { select_account: {}, create: {} })
        break
      default:
        return response.redirect(request.url(), false, 303)
    }
    return response.redirect(new URL(returnTo).pathname, false, 303)
  }

  async #ask(ctx: HttpContext, interaction: Interaction, session: UserSession) {
    const { request, response, view } = ctx
    const question = questionOf(interaction, session)
    if (question === null) return response.redirect(resumePage(interaction.uid), false, 303)
    if (question === 'proof') {
      return response.redirect(reauthenticationPage(safeNext(request.url())), false, 303)
    }

    const { params } = interaction
    const client = await siteOf(interaction)
    if (!client) return this.#gone(ctx)
    /* The answer leads on to the site, and Chromium checks it against this page's policy. */
    allowForms(response, [formSourceOf(String(params.redirect_uri))])
    return view.render('pages/sites/question', {
      question,
      site: client.name,
      client,
      user: session.user,
      ...(await this.#whatItWants(question, interaction, client, session)),
    })
  }

  /** The scopes to agree to, and those agreed to before: only the others are new. */
  async #whatItWants(
    question: Question,
    { params }: Interaction,
    client: Client,
    { userId }: UserSession
  ) {
    if (question !== 'consent' || !client.thirdParty) return { scopes: [], agreed: [] }
    const scopes = scopesToAgreeTo(params, client)
    const agreed = await Consent.agreed(userId, client.id)
    return { scopes, agreed: agreed.length > 0 && !isCovered(scopes, agreed) ? agreed : [] }
  }

  /** @returns whether the site is still there */
  async #agree(interaction: Interaction, { user }: UserSession): Promise<boolean> {
    const { params } = interaction
    const client = await siteOf(interaction)
    if (!client) return false
    if (client.thirdParty && !isTrial(params)) {
      const isThere = await Consent.add(user, client, scopesToAgreeTo(params, client))
      if (!isThere) return false
    }
    await answer(interaction, { consent: { accountId: user.publicId } })
    return true
  }

  /** Redirects to the sign-in page, or straight to the provider that the site named. */
  async #signIn(ctx: HttpContext, { uid, params }: Interaction) {
    const { request, response } = ctx
    const isPage = (request.header('sec-fetch-dest') ?? 'document') === 'document'
    const key = params.provider
    const provider =
      typeof key === 'string' && isPage ? await Provider.withActiveCredential(key) : null
    if (!provider?.isUsable || provider.hidden) {
      return response.redirect(signInPageFor(uid, params), false, 303)
    }
    /* The only trip that begins with a GET; it counts like any other. */
    await count(ctx, 'social_start')
    const trip = { intent: 'sign_in', next: resumePage(uid) } as const
    const departure = await depart(ctx, provider, trip)
    if (!departure.ok) return refuse(ctx, departure.failure, { ...trip, provider })
    return response.redirect(departure.url, false, 303)
  }

  /** The site was deleted or switched off while the request waited. */
  #gone({ response, view }: HttpContext) {
    noteRefusal({ event: 'interaction.error', error: 'invalid_client' })
    response.status(400)
    return view.render('pages/errors/site_request', { error: 'invalid_client' })
  }

  #expired({ response, view }: HttpContext) {
    noteRefusal({ event: 'interaction.error', error: 'expired' })
    response.status(400)
    return view.render('pages/errors/site_request', { error: 'expired' })
  }
}

const isCovered = (scopes: string[], agreed: string[]) =>
  scopes.every((scope) => agreed.includes(scope))

/** The site of a waiting request, if it is still there and switched on. */
async function siteOf({ params }: Interaction): Promise<Client | null> {
  const client = await Client.findBy('clientId', params.client_id)
  return client?.isEnabled ? client : null
}
