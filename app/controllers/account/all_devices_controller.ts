import type { HttpContext } from '@adonisjs/core/http'
import { inSession } from '#auth/in_session'
import { rememberBrowser } from '#auth/known_browser'

/** "Sign out everywhere": on all other devices, or on this one too. */
export default class AllDevicesController {
  /** `POST /account/devices/sign_out`, with `which` = `all` to include this one. */
  async destroy(ctx: HttpContext) {
    const { auth, request, response, session, i18n } = ctx
    const guard = auth.use('web')
    const here = guard.session!
    const user = await inSession(here, async (held) => {
      await held.endSessions({ except: here })
      return held.refresh()
    })

    if (request.input('which') === 'all') {
      await guard.logout()
      session.flash('notice', i18n.t('account.devices.signed_out_everywhere'))
      return response.redirect('/user/login', false, 303)
    }
    rememberBrowser(ctx, user)
    session.flash('notice', i18n.t('account.devices.signed_out_others'))
    return response.redirect('/account/devices', false, 303)
  }
}
