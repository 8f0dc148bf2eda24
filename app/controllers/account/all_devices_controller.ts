import type { HttpContext } from '@adonisjs/core/http'
import { inSession } from '#auth/in_session'

/** "Sign out everywhere": on all other devices, or here too. */
export default class AllDevicesController {
  /** `POST /account/devices/sign_out`, with `which` = `all` for this one too. */
  async destroy({ auth, request, response, session, i18n }: HttpContext) {
    const guard = auth.use('web')
    const here = guard.session!
    await inSession(here, (user) => user.endSessions({ except: here }))

    if (request.input('which') === 'all') {
      await guard.logout()
      session.flash('notice', i18n.t('account.devices.signed_out_everywhere'))
      return response.redirect('/user/login', false, 303)
    }
    await guard.renew({ keepProof: true })
    session.flash('notice', i18n.t('account.devices.signed_out_others'))
    return response.redirect('/account/devices', false, 303)
  }
}
