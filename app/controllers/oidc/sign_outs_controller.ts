import type { HttpContext } from '@adonisjs/core/http'
import { noteRefusal } from '#oidc/refusal'
import { readSignOut, signOutPage, type SignOutRequest } from '#oidc/sign_out_request'

type Asked = Extract<SignOutRequest, { kind: 'asked' }>
type Refused = Extract<SignOutRequest, { kind: 'refused' }>

/** A site's visitor signs out, here too. */
export default class SignOutsController {
  /** `GET /oidc/session/end`: signs out at once given the hint of this session, otherwise asks. */
  async show(ctx: HttpContext) {
    const { auth, request, response, view } = ctx
    response.header('Cache-Control', 'no-store')
    const wish = await readSignOut(ctx, request.qs())
    if (wish.kind === 'refused') return this.#refuse(ctx, wish)

    const guard = auth.use('web')
    if (guard.session && !(wish.isOfSession && isOpened(ctx))) {
      const { params, site } = wish
      return view.render('pages/session/sign_out_of_site', { params, site })
    }
    if (guard.session) await guard.logout()
    return response.redirect(this.#after(ctx, wish), false, 303)
  }

  /**
   * `POST /oidc/session/end`: a site's form. It arrives without our cookies, so it is
   * reopened as a page, which has them.
   */
  async create({ request, response }: HttpContext) {
    response.redirect(signOutPage(request.body()), false, 303)
  }

  /** `POST /oidc/session/end/confirm`: the person has confirmed it on our page. */
  async store(ctx: HttpContext) {
    const { auth, request, view } = ctx
    const wish = await readSignOut(ctx, request.body())
    if (wish.kind === 'refused') return this.#refuse(ctx, wish)
    await auth.use('web').logout()
    /* A page, not a redirect: Chromium checks each hop after a form against our policy. */
    const address = this.#after(ctx, wish)
    return view.render('pages/session/back_to_site', { address, refreshEvery: `0;url=${address}` })
  }

  #after({ session, i18n }: HttpContext, { target }: Asked): string {
    if (target !== null) return target
    session.flash('notice', i18n.t('session.signed_out'))
    return '/'
  }

  #refuse({ response, view }: HttpContext, { error, client }: Refused) {
    noteRefusal({ event: 'end_session.error', error, client })
    response.status(400)
    return view.render('pages/errors/site_request', { error })
  }
}

/** Whether a person opens this as a page; an image or a frame on another page signs nobody out. */
function isOpened({ request }: HttpContext): boolean {
  return (request.header('sec-fetch-dest') ?? 'document') === 'document'
}
