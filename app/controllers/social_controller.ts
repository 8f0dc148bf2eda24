import { inject } from '@adonisjs/core'
import type { HttpContext } from '@adonisjs/core/http'
import { SignInWithProfile, type SignInOutcome } from '#actions/sign_in_with_profile'
import { ensureBrowserSecret } from '#auth/browser'
import { hashToken } from '#auth/random_token'
import Provider from '#models/provider'
import { now } from '#models/clock'
import { admit, type Arrived } from '#social/arrival'
import { depart, ownAttempt } from '#social/departure'
import { FAILURES, SocialFailure, type FailureName } from '#social/failure'
import { signInPageAfter } from '#social/failure_notice'
import { inquire } from '#social/inquiry'
import { safeNext } from '#social/next'
import { mayAskAgain } from '#social/required_fields'
import type SignInAttempt from '#models/sign_in_attempt'

/** The one controller for every provider (design.md §3). It knows none by name. */
export default class SocialController {
  /** `POST /user/login/social/:provider`: sends the browser to the provider. */
  async store(ctx: HttpContext) {
    const { params, request, response } = ctx
    const next = safeNext(request.input('next'))
    const provider = await Provider.findBy('key', params.provider)
    if (!provider) return this.#refuse(ctx, 'provider_unknown', { next })

    const parent = await ownAttempt(ctx, request.input('parent'))
    const departure = await depart(ctx, provider, {
      intent: 'sign_in',
      next,
      parent: parent && parent.providerId === provider.id && mayAskAgain(parent) ? parent : null,
    })
    if (!departure.ok) return this.#refuse(ctx, departure.failure, { provider, next })
    return response.redirect(departure.url, false, 303)
  }

  /** `GET /user/login/social/:provider/callback`: the browser comes back. */
  @inject()
  async show(ctx: HttpContext, signIn: SignInWithProfile) {
    const { auth, params, response } = ctx
    response.header('Cache-Control', 'no-store')
    const provider = await Provider.findBy('key', params.provider)
    if (!provider) return this.#refuse(ctx, 'provider_unknown')

    const arrival = await admit(ctx, provider)
    const { attempt } = arrival
    const next = attempt?.next
    if (!arrival.ok) return this.#refuse(ctx, arrival.failure, { provider, attempt, next })

    const outcome = await this.#identify(ctx, provider, arrival, signIn)
    switch (outcome.kind) {
      case 'signed_in':
        await auth.use('web').login(outcome.user, { identity: outcome.identity })
        return response.redirect(next ?? '/', false, 303)
      case 'must_prove':
        return response.redirect('/user/login/prove', false, 303)
      case 'missing_fields':
        return this.#refuse(ctx, 'missing_fields', { provider, attempt, next })
      case 'refused':
        return this.#refuse(ctx, outcome.failure, { provider, attempt, next })
    }
  }

  /** Asks the provider and decides; a failure on the way is an outcome as well. */
  async #identify(
    ctx: HttpContext,
    provider: Provider,
    arrival: Arrived,
    signIn: SignInWithProfile
  ): Promise<SignInOutcome | { kind: 'refused'; failure: FailureName }> {
    try {
      const { profile, tokens, credential } = await inquire(ctx, provider, arrival)
      await credential.noteUse()
      return await signIn.handle({
        provider,
        attempt: arrival.attempt,
        profile,
        tokens,
        browserHash: hashToken(ensureBrowserSecret(ctx)),
      })
    } catch (error) {
      if (error instanceof SocialFailure) return { kind: 'refused', failure: error.failure }
      throw error
    }
  }

  /** Notes a failure where it belongs and shows the sign-in page, `next` kept. */
  async #refuse(
    { logger, response }: HttpContext,
    failure: FailureName,
    trip: { provider?: Provider; attempt?: SignInAttempt | null; next?: string | null } = {}
  ) {
    const { provider, attempt, next } = trip
    /* A used or expired attempt has its result already. */
    if (
      attempt &&
      attempt.finishedAt === null &&
      attempt.claimedAt !== null &&
      failure !== 'state_used'
    ) {
      await attempt.merge({ outcome: 'failed', failure, finishedAt: now() }).save()
    }

    const level = FAILURES[failure] === 'visitor' ? 'info' : 'warn'
    const lastStep = attempt?.steps.at(-1)
    logger[level](
      { failure, provider: provider?.key, attempt: attempt?.publicId, code: lastStep?.code },
      'a social sign-in did not succeed'
    )
    const address = signInPageAfter({
      failure,
      provider: provider?.key,
      next,
      attempt: failure === 'missing_fields' ? attempt?.publicId : undefined,
    })
    return response.redirect(address, false, 303)
  }
}
