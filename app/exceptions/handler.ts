import router from '@adonisjs/core/services/router'
import { errors as shieldErrors } from '@adonisjs/shield'
import { type HttpContext, ExceptionHandler } from '@adonisjs/core/http'
import type { StatusPageRange, StatusPageRenderer } from '@adonisjs/core/types/http'
import { AccessEnded } from '#exceptions/access_ended'
import { ComeBackLater } from '#exceptions/come_back_later'
import { reauthenticationPage } from '#auth/recent_sign_in'
import { safeNext, signInPage } from '#auth/next'
import { isStorageFailure, loggable } from '#exceptions/storage_failure'
import { refuse } from '#trip/failure_notice'
import { formAgain } from '#validators/form'

const RETRY_AFTER_SECONDS = 5

const ARTICLE_FORM = /^\/article\/(create|[\w-]+\/update)\/?$/

export default class HttpExceptionHandler extends ExceptionHandler {
  /* Stack traces belong in the log; pages never show one, in any mode. */
  protected debug = false
  protected renderStatusPages = true

  protected statusPages: Record<StatusPageRange, StatusPageRenderer> = {
    '404': (_error, { view }) => view.render('pages/errors/not_found'),
    '400..403': (_error, { view }) => view.render('pages/errors/forbidden'),
    '405..412': (_error, { view }) => view.render('pages/errors/forbidden'),
    '413': (_error, { view }) => view.render('pages/errors/too_large'),
    '414..499': (_error, { view }) => view.render('pages/errors/forbidden'),
    '500..599': (_error, { view }) => view.render('pages/errors/server_error'),
  }

  async handle(error: unknown, ctx: HttpContext) {
    if (error instanceof shieldErrors.E_BAD_CSRF_TOKEN) return this.#formExpired(ctx)
    if (error instanceof AccessEnded) return this.#accessEnded(error, ctx)
    if (error instanceof ComeBackLater) return this.#later(error, ctx)
    if (isStorageFailure(error)) return this.#unavailable(ctx)
    return super.handle(error, ctx)
  }

  /** Logs a storage failure as one line that says so, without a stack trace for every visitor. */
  async report(error: unknown, ctx: HttpContext) {
    if (!isStorageFailure(error)) return super.report(error, ctx)
    ctx.logger.error(loggable(error), 'what is stored cannot be reached')
  }

  /**
   * Sends the person to prove again who they are, and then to where they were going: back
   * to the page of the form, unless this was a sign-in or a proof itself.
   */
  #accessEnded({ what, next: wanted }: AccessEnded, ctx: HttpContext) {
    const { request, response, session, i18n } = ctx
    const here = what === 'sign_in' ? null : safeNext(this.#pageAt(request.url()))
    const next = wanted ?? here
    if (what === 'proof') {
      return response.redirect(reauthenticationPage(next, { unchanged: true }), false, 303)
    }
    session.flash('problem', i18n.t('session.ended_meanwhile'))
    return response.redirect(signInPage(next), false, 303)
  }

  /** Storage cannot be reached: nothing happened, and the same request may work in a while. */
  async #unavailable({ request, response, view }: HttpContext) {
    response.status(503).header('Retry-After', String(RETRY_AFTER_SECONDS))
    response.header('Cache-Control', 'no-store')
    return request.accepts(['html', 'json']) === 'json'
      ? response.send({ status: 'error', reason: 'unavailable' })
      : response.send(await view.render('pages/errors/unavailable'))
  }

  /** One page for every limit: it says neither which one, nor whether an account exists. */
  async #later({ status, page, retryAfter, message }: ComeBackLater, ctx: HttpContext) {
    const { request, response, view, i18n } = ctx
    const when = fromNow(retryAfter, i18n.locale)
    response.status(status!).header('Retry-After', retryAfter).header('Cache-Control', 'no-store')

    /* Machines get a short answer; their routes have no session. */
    const isForPeople = 'session' in ctx && request.accepts(['html', 'json', 'text']) === 'html'
    if (!isForPeople) return response.type('text/plain').send(message)
    if (isArticleForm(request)) {
      return this.#articleAgain(ctx, i18n.t('article.too_many', { when }))
    }

    const url = request.url().replace(/(?<=.)\/$/, '')
    /* A form's own; on the way back from a provider it would be whatever a link says. */
    const next = request.method() === 'POST' ? safeNext(request.input('next')) : null
    return response.send(
      await view.render(page, {
        when,
        again: url.startsWith('/user/login') ? signInPage(next) : this.#pageAt(url),
        hasOtherWays: url === '/user/login',
      })
    )
  }

  /** What someone wrote is worth more than a page saying that it is gone. */
  async #articleAgain(ctx: HttpContext, notice: string) {
    const page = { action: ctx.request.url(), form: formAgain(ctx), notice }
    return ctx.response.send(await ctx.view.render('pages/articles/form', page))
  }

  /** This address, if it has a page to go back to. */
  #pageAt(url: string): string | null {
    return router.match(url, 'GET', true) ? url : null
  }

  /**
   * A form that stayed open too long or came from elsewhere. Shield would flash what was
   * typed and go back; here nothing typed touches the session.
   */
  async #formExpired(ctx: HttpContext) {
    const { request, response, view, i18n } = ctx
    if (request.url().startsWith('/user/login')) {
      return refuse(ctx, 'form_expired', { next: safeNext(request.input('next')) })
    }

    response.status(403)
    if (isArticleForm(request)) return this.#articleAgain(ctx, i18n.t('article.expired'))
    const again = this.#pageAt(request.url())
    return response.send(await view.render('pages/errors/form_expired', { again }))
  }
}

const isArticleForm = (request: HttpContext['request']) => ARTICLE_FORM.test(request.url())

/** "in 3 minutes", in a language: whole minutes or hours, rounded up. */
function fromNow(seconds: number, locale: string): string {
  const minutes = Math.ceil(seconds / 60)
  const format = new Intl.RelativeTimeFormat(locale)
  return minutes <= 90
    ? format.format(minutes, 'minute')
    : format.format(Math.ceil(minutes / 60), 'hour')
}
