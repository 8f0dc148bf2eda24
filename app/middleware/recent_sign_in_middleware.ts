import router from '@adonisjs/core/services/router'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { reauthenticationPage } from '#auth/recent_sign_in'
import { appUrl } from '#config/app'
import { safeNext } from '#auth/next'

/**
 * Behind `signedIn`, before a sensitive change: the person must have proved their
 * identity within the last ten minutes. What a form sent is not kept while they do, so
 * the page with the form requires it too.
 */
export default class RecentSignInMiddleware {
  /**
   * @param page where to go back to when a form's page is unknown; `:id` in it stands for
   *   the one in the form's address
   */
  async handle(ctx: HttpContext, next: NextFn, { page = '/account' }: Options = {}) {
    if (ctx.auth.use('web').requireRecent()) return next()

    const { request, response } = ctx
    const isForm = request.method() !== 'GET'
    const formHere = page.replace(':id', encodeURIComponent(ctx.params.id))
    const back = isForm ? (formPage(ctx) ?? formHere) : request.url(true)
    return response.redirect(
      reauthenticationPage(safeNext(back), { unchanged: isForm }),
      false,
      303
    )
  }
}

/** The page a form was sent from: the one the browser names, or the form's own address. */
function formPage({ request }: HttpContext): string | null {
  const pages = [refererPath(request.header('referer')), request.url()]
  /* A form that was shown again stands at an address that cannot be opened with GET. */
  return pages.find((page) => page && router.match(page.split('?')[0], 'GET', true)) ?? null
}

function refererPath(referer: string | undefined): string | null {
  if (!referer || !URL.canParse(referer)) return null
  const { origin, pathname, search } = new URL(referer)
  return origin === new URL(appUrl).origin ? safeNext(pathname + search) : null
}

interface Options {
  page?: string
}
