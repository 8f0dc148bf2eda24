import router from '@adonisjs/core/services/router'
import { errors as shieldErrors } from '@adonisjs/shield'
import { type HttpContext, ExceptionHandler } from '@adonisjs/core/http'
import type { StatusPageRange, StatusPageRenderer } from '@adonisjs/core/types/http'
import { ComeBackLater } from '#exceptions/come_back_later'
import { safeNext } from '#social/next'
import { isStorageFailure, loggable } from '#exceptions/storage_failure'
import { refuse } from '#social/failure_notice'

const RETRY_AFTER_SECONDS = 5

const ARTICLE_FORM = /^\/article\/(create|[\w-]+\/update)\/?$/

export default class HttpExceptionHandler extends ExceptionHandler {
  /* Stack traces are for the log; pages never show one, in no mode. */
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
    if (error instanceof ComeBackLater) return this.#later(error, ctx)
    if (isStorageFailure(error)) return this.#unavailable(ctx)
    return super.handle(error, ctx)
  }

  /** In the log it is one line that says so, without a stack trace for every visitor. */
  async report(error: unknown, ctx: HttpContext) {
    if (!isStorageFailure(error)) return super.report(error, ctx)
    ctx.logger.error(loggable(error), 'what is stored cannot be reached')
  }

  /** What is stored cannot be reached: nothing happened, and the same may work in a while. */
  async #unavailable({ request, response, view }: HttpContext) {
    response.status(503).header('Retry-After', String(RETRY_AFTER_SECONDS))
    response.header('Cache-Control', 'no-store')
    return request.accepts(['html', 'json']) === 'json'
      ? response.send({ status: 'error', reason: 'unavailable' })
      : response.send(await view.render('pages/errors/unavailable'))
  }

  /** One page for every limit: it does not say which one, nor whether an account is there. */
  async #later({ status, page, retryAfter, message }: ComeBackLater, ctx: HttpContext) {
    const { request, response, view, i18n } = ctx
    response.status(status!).header('Retry-After', retryAfter).header('Cache-Control', 'no-store')

    /* Machines are told shortly; their routes have no session. */
    const isForPeople = 'session' in ctx && request.accepts(['html', 'json', 'text']) === 'html'
    if (!isForPeople) return response.type('text/plain').send(message)

    const url = request.url().replace(/(?<=.)\/$/, '')
    const next = safeNext(request.input('next'))
    const signIn = next ? `/user/login?next=${encodeURIComponent(next)}` : '/user/login'
    return response.send(
      await view.render(page, {
        when: fromNow(retryAfter, i18n.locale),
        again: url.startsWith('/user/login') ? signIn : this.#pageAt(url),
        hasOtherWays: url === '/user/login',
      })
    )
  }

  /** This address, if it has a page to go back to. */
  #pageAt(url: string): string | null {
    return router.match(url, 'GET', true) ? url : null
  }

  /**
   * A form that stood open for too long, or came from elsewhere. Shield would
   * flash what was typed and go back; here nothing typed touches the session.
   */
  async #formExpired(ctx: HttpContext) {
    const { request, response, view, i18n } = ctx
    if (request.url().startsWith('/user/login')) {
      return refuse(ctx, 'form_expired', { next: safeNext(request.input('next')) })
    }

    response.status(403)
    /* What somebody wrote is worth more than a page saying that it is gone. */
    if (ARTICLE_FORM.test(request.url())) {
      const form = { values: request.all(), errors: {} }
      const notice = i18n.t('article.expired')
      return response.send(
        await view.render('pages/articles/form', { action: request.url(), form, notice })
      )
    }
    const again = this.#pageAt(request.url())
    return response.send(await view.render('pages/errors/form_expired', { again }))
  }
}

/** "in 3 minutes", in a language: whole minutes or hours, rather too many than too few. */
function fromNow(seconds: number, locale: string): string {
  const minutes = Math.ceil(seconds / 60)
  const format = new Intl.RelativeTimeFormat(locale)
  return minutes <= 90
    ? format.format(minutes, 'minute')
    : format.format(Math.ceil(minutes / 60), 'hour')
}
