import type { HttpContext } from '@adonisjs/core/http'

/** Continues a site's request once somebody has signed in for it. */
export default class ResumptionsController {
  /**
   * `GET /oidc/interaction/:uid/resume`. A page, not a redirect: Chromium would check
   * each hop that follows the sign-in form against that page's policy.
   */
  async show({ params, response, view }: HttpContext) {
    response.header('Cache-Control', 'no-store')
    const address = `/oidc/auth/${params.uid}`
    return view.render('pages/session/back_to_site', { address, refreshEvery: `0;url=${address}` })
  }
}
